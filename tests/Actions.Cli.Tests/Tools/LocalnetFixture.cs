namespace Actions.Cli.Tests.Tools;

/// <summary>One node for all tests of a class; each test brings its own keys, so they do not see each other.</summary>
public sealed class LocalnetFixture : IAsyncLifetime
{
    internal Localnet Net { get; private set; } = null!;

    public async Task InitializeAsync() => Net = await Localnet.StartAsync();

    public async Task DisposeAsync() => await Net.DisposeAsync();
}

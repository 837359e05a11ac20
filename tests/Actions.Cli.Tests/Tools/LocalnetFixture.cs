namespace Actions.Cli.Tests.Tools;

/// <summary>One node for all tests of a class; each test brings its own keys, so they do not see each other.</summary>
public sealed class LocalnetFixture : IAsyncLifetime
{
    internal Localnet Net { get; private set; } = null!;

    public async Task InitializeAsync() => Net = await Localnet.StartAsync();

    public async Task DisposeAsync() => await Net.DisposeAsync();
}

/// <summary>The same, with Squads: emulated, or the real program where LOCALNET_SQUADS_SO names it.</summary>
public sealed class SquadsLocalnetFixture : IAsyncLifetime
{
    internal Localnet Net { get; private set; } = null!;

    public async Task InitializeAsync() => Net = await Localnet.StartAsync("--emulate", "squads");

    public async Task DisposeAsync() => await Net.DisposeAsync();
}

/// <summary>The same, with what programs say about themselves and their builds: program-metadata, otter-verify, and Squads, whose vaults may say it.</summary>
public sealed class MetadataLocalnetFixture : IAsyncLifetime
{
    internal Localnet Net { get; private set; } = null!;

    public async Task InitializeAsync() => Net = await Localnet.StartAsync("--emulate", "squads,metadata,otter");

    public async Task DisposeAsync() => await Net.DisposeAsync();
}

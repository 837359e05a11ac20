using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Secrets;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Secrets;

/// <summary>What a job does with the references in its inputs: read, ask, read again.</summary>
internal sealed class Session : IDisposable
{
    private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false };
    private readonly Dictionary<KeyReference, ResolvedReference> answers = [];
    private SecretsSession? secrets;

    public World World { get; } = new();

    public Session With(IReadOnlyDictionary<string, string> inputs, IReadOnlyDictionary<string, string>? variables = null)
    {
        foreach (var (name, value) in inputs)
        {
            World.Input(name, value);
        }

        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            World.With(name, value);
        }

        _ = World.Log.Value;
        return this;
    }

    public async Task<KeyInput.Signer> KeyAsync(string reference) => (await ReadAsync(World.Input("payer", reference), reader => reader.Key("payer"))).ShouldBeOfType<KeyInput.Signer>();

    public Task<string?> TextAsync(string reference) => ReadAsync(World.Input("github-token", reference), reader => reader.SecretText("github-token"));

    /// <summary>The one fault with which a reference ends.</summary>
    public async Task<Fault> FaultAsync(string reference) => (await Should.ThrowAsync<FaultException>(() => KeyAsync(reference))).Faults.ShouldHaveSingleItem();

    public async Task<T?> ReadAsync<T>(World world, Func<InputReader, T?> read)
    {
        var reader = world.Reader();
        ProviderInputs.Read(reader);
        read(reader);
        if (reader.Faults.Count > 0)
        {
            throw new FaultException(reader.Faults);
        }

        secrets ??= new SecretsSession(reader.Providers, world.Environment, world.Masker, handler, TimeProvider.System);
        foreach (var (reference, answer) in await secrets.ResolveAsync(reader.Awaited, CancellationToken.None))
        {
            answers[reference] = answer;
        }

        reader.StartOver(answers);
        var value = read(reader);
        return reader.Faults.Count > 0 ? throw new FaultException(reader.Faults) : value;
    }

    public Task<Fault?> EndAsync() => secrets?.EndAsync(CancellationToken.None) ?? Task.FromResult<Fault?>(null);

    public void Dispose()
    {
        secrets?.Dispose();
        handler.Dispose();
        World.Dispose();
    }
}

using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.VerifyProgram;

/// <summary>A node with a program for every thing that can be true of one.</summary>
public sealed class VerifyWorld : IAsyncLifetime, IDisposable
{
    private const string SoundContacts =
        "name\0Perps\0project_url\0https://perps.example\0contacts\0email:sec@perps.example\0policy\0https://perps.example/policy\0"
        + "source_code\0https://github.com/perps/programs/tree/main/token\0source_revision\0" + Commit + "\0";

    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly Address LoaderV2 = Address.Parse("BPFLoader2111111111111111111111111111111111");

    private readonly Workspace files = new();
    private readonly List<string> flags = [];

    internal Localnet Net { get; private set; } = null!;

    internal static byte[] File => TestPrograms.Token;

    internal TestKey Authority { get; } = TestKey.From("verify authority");

    /// <summary>Runs the file, upgradeable.</summary>
    internal Address Program { get; private set; }

    /// <summary>Runs the file; nobody can upgrade it.</summary>
    internal Address Immutable { get; private set; }

    /// <summary>Runs the file in an account with room for more.</summary>
    internal Address Roomy { get; private set; }

    /// <summary>Runs the file, with bytes of its own after it.</summary>
    internal Address WithTail { get; private set; }

    /// <summary>Says whom to write to, and what it was built from.</summary>
    internal Address WithContacts { get; private set; }

    internal Address WithBrokenContacts { get; private set; }

    /// <summary>The loader's own Close has ended it.</summary>
    internal Address Closed { get; private set; }

    internal Address OfLoaderV2 { get; private set; }

    /// <summary>Points at another program's bytes.</summary>
    internal Address Liar { get; private set; }

    internal Address Buffer { get; private set; }

    internal Address OfAnotherProgram { get; private set; }

    internal static Address Missing { get; } = TestKey.From("verify missing").Address;

    public async Task InitializeAsync()
    {
        Program = Deployed("program", File, Authority.Address);
        Immutable = Deployed("immutable", File, null);
        Roomy = Deployed("roomy", [.. File, .. new byte[5_000]], Authority.Address);
        WithTail = Deployed("tail", [.. File, .. new byte[10], 7, 0, 8], Authority.Address);
        WithContacts = Deployed("contacts", Contacts(SoundContacts), Authority.Address);
        WithBrokenContacts = Deployed("broken contacts", Contacts("name\0Perps\0twitter\0@perps\0"), Authority.Address);
        Closed = Deployed("closed", File, Authority.Address);
        OfLoaderV2 = Account("loader v2", LoaderV2, File, isExecutable: true);
        Liar = Account("liar", LoaderProgram.Id, [2, 0, 0, 0, .. LoaderProgram.ProgramDataAddress(Program).ToArray()]);
        Buffer = Account("buffer", LoaderProgram.Id, [1, 0, 0, 0, 1, .. Authority.Address.ToArray(), .. File]);
        OfAnotherProgram = Account("of another program", Program, new byte[165]);
        Net = await Localnet.StartAsync([.. flags]);
        await CloseAsync();
    }

    public async Task DisposeAsync() => await Net.DisposeAsync();

    public void Dispose() => files.Dispose();

    internal static byte[] Contacts(string body) =>
        [.. File, .. Encoding.UTF8.GetBytes($"=======BEGIN SECURITY.TXT V1=======\0{body}=======END SECURITY.TXT V1=======\0")];

    private async Task CloseAsync()
    {
        var payer = await Net.PayerAsync();
        await Net.SendAsync([LoaderProgram.Close(LoaderProgram.ProgramDataAddress(Closed), payer.Address, Authority.Address, Closed)], payer, Authority);
    }

    private Address Deployed(string name, byte[] program, Address? authority)
    {
        var id = TestKey.From($"verify {name}").Address;
        files.Put($"{id}.so", program);
        flags.AddRange(["--program", $"{id}={files.At($"{id}.so")}{(authority is { } given ? $":{given}" : "")}"]);
        return id;
    }

    private Address Account(string name, Address owner, byte[] data, bool isExecutable = false)
    {
        var address = TestKey.From($"verify {name}").Address;
        var json = $$$"""
            {"pubkey":"{{{address}}}","account":{"lamports":99000000000,"data":["{{{Convert.ToBase64String(data)}}}","base64"],
            "owner":"{{{owner}}}","executable":{{{(isExecutable ? "true" : "false")}}},"rentEpoch":0}}
            """;
        files.Put($"{address}.json", Encoding.UTF8.GetBytes(json));
        flags.AddRange(["--account", files.At($"{address}.json")]);
        return address;
    }
}

/// <summary>One `verify-program` job: its inputs and its workspace, with the file that should run.</summary>
internal sealed class Verify : IDisposable
{
    private readonly Dictionary<string, string> inputs;
    private readonly Dictionary<string, string> variables = [];

    public Verify(string url, Address? program, params (string Name, string Value)[] more)
    {
        Workspace = new Workspace(VerifyWorld.File);
        inputs = new Dictionary<string, string> { ["cluster"] = "localnet", ["rpc-url"] = url, ["program-id"] = program?.ToString() ?? "" };
        With(more);
    }

    public Workspace Workspace { get; }

    /// <summary>The same job with other inputs; an empty value removes one.</summary>
    public Verify With(params (string Name, string Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            inputs[name] = value;
        }

        return this;
    }

    public Verify WithProgram(byte[] program)
    {
        Workspace.Put("program.so", program);
        return With(("program", "program.so"));
    }

    public Verify WithVariable(string name, string value)
    {
        variables[name] = value;
        return this;
    }

    public Task<ActionRun> RunAsync(bool inShell = false) => ActionProcess.RunAsync("verify-program", inputs, Workspace, inShell, variables);

    public void Dispose() => Workspace.Dispose();
}

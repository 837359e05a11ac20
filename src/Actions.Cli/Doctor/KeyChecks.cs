using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Cli.Doctor;

/// <summary>The keys of a release as its job will have them; null for one that is not given, or could not be read.</summary>
/// <param name="Programs">By what <see cref="DoctorProgram.Shown"/> says.</param>
internal sealed record DoctorKeys(KeyInput? Payer, KeyInput? UpgradeAuthority, KeyInput? BufferAuthority, IReadOnlyDictionary<string, KeyInput?> Programs);

/// <summary>Reads every key where it lives and has it sign a text that is no transaction.</summary>
internal sealed class KeyChecks(ActionContext context, DoctorInputs inputs, CheckRunner runner, CheckInputs reader)
{
    private const string Application = "solana-actions doctor";

    public async Task<DoctorKeys> RunAsync(CancellationToken cancellation)
    {
        var payer = CheckAsync(new("Key payer", "payer") { Declared = inputs.PayerAddress }, null, cancellation);
        var authority = context.Inputs.Has("upgrade-authority")
            ? CheckAsync(new("Key upgrade-authority", "upgrade-authority") { Declared = inputs.AuthorityAddress, IsToSign = inputs.Mode is null or DeployMode.Deploy }, payer, cancellation)
            : null;
        var buffer = context.Inputs.Has("buffer-authority") ? CheckAsync(new("Key buffer-authority", "buffer-authority") { IsToSign = false }, null, cancellation) : null;
        var programs = inputs.Programs.Where(program => program.KeyReference is not null)
            .Select(program => (program.Shown, Key: CheckAsync(new($"Key program-keypair of {program.Shown}", "program-keypair") { Reference = program.KeyReference, Declared = program.Id }, null, cancellation)))
            .ToList();
        await Task.WhenAll([payer, .. programs.Select(program => program.Key), .. new[] { authority, buffer }.OfType<Task<KeyInput?>>()]);
        Dictionary<string, KeyInput?> keys = [];
        foreach (var (name, key) in programs)
        {
            keys[name] = await key;
        }

        var paying = await payer;
        return new DoctorKeys(paying, authority is null ? paying : await authority, buffer is null ? null : await buffer, keys);
    }

    /// <param name="held">A key that an address may turn out to be the address of; null for none.</param>
    private Task<KeyInput?> CheckAsync(WantedKey wanted, Task<KeyInput?>? held, CancellationToken cancellation) => runner.RunAsync<KeyInput>(
        wanted.Name,
        async (notes, token) =>
        {
            var key = await reader.ReadAsync(inputs => wanted.Reference is { } reference ? inputs.KeyAt(wanted.Input, reference) : inputs.Key(wanted.Input), token);
            if (wanted.Declared is { } expected && key.Address != expected)
            {
                notes.Add(Different(wanted.Input, expected, key.Address));
            }

            if (key is KeyInput.Named && held is not null && await held is { } same && same.Address == key.Address)
            {
                notes.Found($"{key.Address}, which is the payer");
                return same;
            }

            switch (key)
            {
                case KeyInput.Signer signer:
                    Describe(notes, signer, wanted.Input);
                    await SignAsync(notes, signer, token);
                    break;
                case KeyInput.Vault vault:
                    notes.Found($"the vault {vault.Address} of the multisig {vault.Multisig}: its members sign");
                    break;
                case var named when wanted.IsToSign && !inputs.IsDryRun:
                    notes.Add(named.ToSigner(wanted.Input).Faults);
                    break;
                case var named:
                    notes.Found($"{named.Address}, an address; that its key can be read was not checked");
                    break;
            }

            return key;
        },
        cancellation);

    private void Describe(CheckNotes notes, KeyInput.Signer signer, string input)
    {
        var source = signer.Source;
        notes.Found($"{signer.Address} from {source.Provider}{(source.Version is { } version ? $", version {version}" : "")}");
        if (source.CreatedAt is not { } made)
        {
            return;
        }

        var age = context.Time.GetUtcNow() - made;
        notes.Found($"{Days(age)} days old");
        if (age > inputs.MaxKeyAge)
        {
            notes.Warn(new Fault(
                FaultCodes.FindingsOpen, $"Expected a key of at most {TimeGates.Show(inputs.MaxKeyAge)} in '{input}'", $"found one of {Days(age)} days at {source.Provider}", "make a new version of it, and hand over to it what the old one holds", input));
        }
    }

    /// <summary>A dry run only reads: providers write down every signature, and some ask money for it.</summary>
    private async Task SignAsync(CheckNotes notes, KeyInput.Signer signer, CancellationToken cancellation)
    {
        if (inputs.IsDryRun && signer.Key is not LocalSigner)
        {
            notes.Found("not asked to sign in a dry run");
            return;
        }

        var message = OffChainMessage.Of(signer.Address, Application, $"This proves that a key can sign. It moves nothing. {context.Ulids.Next()}");
        var signatures = await signer.Key.SignAsync([message], cancellation);
        if (signatures is not [var signature] || !Ed25519.Verify(signer.Address, message, signature))
        {
            notes.Add(new Fault(FaultCodes.SecretInvalid, $"Expected a signature by {signer.Address} from {signer.Origin}", "found one that does not fit", "find out who changed the key, then run again"));
            return;
        }

        notes.Found("signs");
    }

    private static Fault Different(string input, Address expected, Address found) => input switch
    {
        "upgrade-authority" => new(FaultCodes.AuthorityMismatch, $"Expected the key of {expected}, which is declared to be the upgrade authority", $"found that of {found}", "give the key of the declared authority, or correct the declaration", input),
        "payer" => new(FaultCodes.InputConflict, $"Expected the key of payer-address, {expected}", $"found that of {found}: the plan is made for another account than the one that would pay", "correct payer-address, or give its key", input),
        _ => new(FaultCodes.InputConflict, $"Expected the key of the program {expected}", $"found that of {found}", "correct the program's id, or give its key", input),
    };

    private static string Days(TimeSpan time) => Math.Max(0, Math.Floor(time.TotalDays)).ToString(CultureInfo.InvariantCulture);

    /// <param name="Name">Of the check.</param>
    private sealed record WantedKey(string Name, string Input)
    {
        /// <summary>A line of the input; null: the input itself.</summary>
        public string? Reference { get; init; }

        /// <summary>Whose key it should be; null where nobody said.</summary>
        public Address? Declared { get; init; }

        /// <summary>Whether a release needs it to sign.</summary>
        public bool IsToSign { get; init; } = true;
    }
}

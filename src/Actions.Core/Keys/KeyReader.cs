using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Secrets;
using Actions.Core.Solana;

namespace Actions.Core.Keys;

/// <summary>Turns what an input says about a key into a signer. Every key is masked in all its forms before anything else happens to it.</summary>
internal static class KeyReader
{
    public static Result<KeyInput> Read(string text, string input, InputReader inputs)
    {
        var parsed = Parse(text, input, inputs.Masker);
        return !parsed.IsOk ? Result<KeyInput>.Fail(parsed.Faults) : parsed.Value switch
        {
            KeyReference.Literal or KeyReference.Named => Resolve(parsed.Value, input, new KeySource("literal"), inputs.Masker),
            KeyReference.Variable variable => Inner(Text(variable, input, inputs), variable, input, new KeySource(variable.Describe()), inputs.Masker),
            KeyReference.Squads squads when input is "upgrade-authority" or "new-authority" => new KeyInput.Vault(squads.Multisig, squads.VaultIndex),
            KeyReference.Squads => OnlyAuthority(parsed.Value, input),
            var reference => Provided(reference, input, inputs),
        };
    }

    /// <summary>The text a reference stands for.</summary>
    public static Result<string> Text(KeyReference reference, string input, InputReader inputs)
    {
        switch (reference)
        {
            case KeyReference.Variable variable:
                return Dereference(variable, input, inputs.Environment);
            case KeyReference.VaultTransit or KeyReference.AwsKms or KeyReference.Squads:
                return new Fault(FaultCodes.InputInvalid, $"Expected a reference to a text in '{input}'", $"found {PlainText.Quote(reference.Describe())}, a key that only signs",
                    "give a reference to a stored secret", input);
            default:
                var found = inputs.Find(reference);
                return found.IsOk ? ((ResolvedReference.Held)found.Value).Reveal().Trim() : Result<string>.Fail(found.Faults);
        }
    }

    /// <summary>The text of a reference that no provider has to be asked for.</summary>
    public static Result<string> Dereference(KeyReference reference, string input, RunnerEnvironment environment) => reference switch
    {
        KeyReference.Variable variable when environment[variable.Name]?.Trim() is { Length: > 0 } value => value,
        KeyReference.Variable variable => new Fault(FaultCodes.InputMissing, $"Expected the environment variable {variable.Name}, which '{input}' names",
            "found it absent or empty", $"set it under 'env:' of this step, for example {variable.Name}: ${{{{ secrets.{variable.Name} }}}}", input),
        _ => NotAvailable(reference, input),
    };

    private static Result<KeyInput> Provided(KeyReference reference, string input, InputReader inputs)
    {
        var found = inputs.Find(reference);
        if (!found.IsOk)
        {
            return Result<KeyInput>.Fail(found.Faults);
        }

        var source = new KeySource(reference.Describe(), found.Value.Version, found.Value.CreatedAt);
        return found.Value is ResolvedReference.Remote remote
            ? new KeyInput.Signer(remote.Signer, source)
            : Inner(((ResolvedReference.Held)found.Value).Reveal(), reference, input, source, inputs.Masker);
    }

    private static Result<KeyInput> Inner(Result<string> held, KeyReference reference, string input, KeySource source, Masker masker)
    {
        if (!held.IsOk)
        {
            return Result<KeyInput>.Fail(held.Faults);
        }

        var inner = Parse(held.Value, input, masker);
        return !inner.IsOk ? Result<KeyInput>.Fail(inner.Faults)
            : inner.Value is KeyReference.Literal or KeyReference.Named ? Resolve(inner.Value, input, source, masker)
            : new Fault(FaultCodes.InputInvalid, $"Expected a key or an address in what '{input}' names ({reference})",
                "found another reference", "put the reference itself into the input", input);
    }

    private static Result<KeyReference> Parse(string text, string input, Masker masker)
    {
        var parsed = KeyReferenceParser.Parse(text, input);
        if (!parsed.IsOk || parsed.Value is KeyReference.Literal)
        {
            // Also when it is refused: a damaged key is still most of a key.
            masker.Add(text);
        }

        return parsed;
    }

    private static Result<KeyInput> Resolve(KeyReference reference, string input, KeySource source, Masker masker)
    {
        if (reference is not KeyReference.Literal literal)
        {
            return new KeyInput.Named(((KeyReference.Named)reference).Address);
        }

        masker.Add(literal.Secret);
        masker.Add(literal.Secret.AsSpan(0, Ed25519.SeedSize));
        var signer = LocalSigner.Create(literal.Secret, input);
        CryptographicOperations.ZeroMemory(literal.Secret);
        return signer.IsOk ? new KeyInput.Signer(signer.Value, source) : Result<KeyInput>.Fail(signer.Faults);
    }

    private static Fault OnlyAuthority(KeyReference reference, string input) => new(
        FaultCodes.InputInvalid, $"Expected a key that signs in '{input}'", $"found {PlainText.Quote(reference.Describe())}, a vault, which can only own programs",
        "give a key reference such as env:NAME", input);

    private static Fault NotAvailable(KeyReference reference, string input) => new(
        FaultCodes.InputUnknownValue, $"Expected a key from a source that this version has, in '{input}'",
        $"found {PlainText.Quote(reference.Describe())}", "use another reference, such as env:NAME, or a version that has this source", input);
}

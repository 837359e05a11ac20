using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Core.Keys;

/// <summary>Turns what an input says about a key into a signer. Every key is masked in all its forms before anything else happens to it.</summary>
internal static class KeyReader
{
    /// <summary>The kinds of references that this version resolves.</summary>
    public const string Available = "env:NAME and literal keys (a JSON byte array or base58 of 64 bytes)";

    public static Result<KeyInput> Read(string text, string input, RunnerEnvironment environment, Masker masker)
    {
        var parsed = Parse(text, input, masker);
        if (!parsed.IsOk)
        {
            return Result<KeyInput>.Fail(parsed.Faults);
        }

        if (parsed.Value is not KeyReference.Variable variable)
        {
            return Resolve(parsed.Value, input, "literal", masker);
        }

        var held = Dereference(variable, input, environment);
        if (!held.IsOk)
        {
            return Result<KeyInput>.Fail(held.Faults);
        }

        var inner = Parse(held.Value, input, masker);
        return !inner.IsOk ? Result<KeyInput>.Fail(inner.Faults)
            : inner.Value is KeyReference.Literal or KeyReference.Named ? Resolve(inner.Value, input, variable.Describe(), masker)
            : new Fault(FaultCodes.InputInvalid, $"Expected a key or an address in the variable that '{input}' names ({variable})",
                "found another reference", "put the reference itself into the input", input);
    }

    /// <summary>The text a reference stands for.</summary>
    public static Result<string> Dereference(KeyReference reference, string input, RunnerEnvironment environment) => reference switch
    {
        KeyReference.Variable variable when environment[variable.Name]?.Trim() is { Length: > 0 } value => value,
        KeyReference.Variable variable => new Fault(FaultCodes.InputMissing, $"Expected the environment variable {variable.Name}, which '{input}' names",
            "found it absent or empty", $"set it under 'env:' of this step, for example {variable.Name}: ${{{{ secrets.{variable.Name} }}}}", input),
        _ => NotAvailable(reference, input),
    };

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

    private static Result<KeyInput> Resolve(KeyReference reference, string input, string origin, Masker masker)
    {
        switch (reference)
        {
            case KeyReference.Named named:
                return new KeyInput.Named(named.Address);
            case KeyReference.Literal literal:
                masker.Add(literal.Secret);
                masker.Add(literal.Secret.AsSpan(0, Ed25519.SeedSize));
                var signer = LocalSigner.Create(literal.Secret, input);
                CryptographicOperations.ZeroMemory(literal.Secret);
                return signer.IsOk ? new KeyInput.Signer(signer.Value, origin) : Result<KeyInput>.Fail(signer.Faults);
            default:
                return NotAvailable(reference, input);
        }
    }

    private static Fault NotAvailable(KeyReference reference, string input) => new(
        FaultCodes.InputUnknownValue, $"Expected a key from a source that this version has, in '{input}': {Available}",
        $"found {PlainText.Quote(reference.Describe())}", "use one of these, or a version that has this source", input);
}

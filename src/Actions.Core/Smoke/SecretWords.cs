using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Runner;

namespace Actions.Core.Smoke;

/// <summary>Replaces references such as `env:NAME` in the values of a spec by what they stand for, and keeps that out of every log.</summary>
/// <param name="provided">What providers hold; null where nobody can be asked.</param>
internal sealed class SecretWords(RunnerEnvironment environment, Masker masker, Func<KeyReference, Result<string>>? provided)
{
    private static readonly string[] Schemes = ["env:", "vault:", "vault-transit:", "azure-keyvault:", "aws-secretsmanager:", "aws-kms:"];

    private static readonly string[] SecretHeaders = ["authorization", "cookie", "token", "key", "secret", "password", "signature"];

    /// <summary>The text with every word that is a reference resolved: `Bearer env:TOKEN`.</summary>
    public Result<(string Text, bool IsSecret)> Resolve(string text)
    {
        if (!Schemes.Any(scheme => text.Contains(scheme, StringComparison.Ordinal)))
        {
            return Result<(string, bool)>.Ok((text, false));
        }

        var isSecret = false;
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            if (!Schemes.Any(scheme => words[i].StartsWith(scheme, StringComparison.Ordinal)) || KeyReferenceParser.Parse(words[i], "spec") is not { IsOk: true } reference)
            {
                continue;
            }

            var value = reference.Value is not KeyReference.Variable && provided is not null ? provided(reference.Value) : KeyReader.Dereference(reference.Value, "spec", environment);
            if (!value.IsOk)
            {
                return Result<(string, bool)>.Fail(value.Faults);
            }

            masker.Add(value.Value);
            (words[i], isSecret) = (value.Value, true);
        }

        return Result<(string, bool)>.Ok((string.Join(' ', words), isSecret));
    }

    /// <summary>A credential that stands in the spec itself is still a credential.</summary>
    public void MaskHeader(string name, string value)
    {
        if (SecretHeaders.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            masker.Add(value);
            masker.Add(value[(value.LastIndexOf(' ') + 1)..]);
        }
    }
}

using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Secrets;

namespace Actions.Core.Inputs;

/// <content>References to secrets providers: named while inputs are read, asked for when all inputs are well-formed, then read again.</content>
public sealed partial class InputReader
{
    /// <summary>Stands for what a provider still has to be asked for; never shown.</summary>
    private static readonly Fault NotAskedYet = new(FaultCodes.SecretMissing, "Expected a secret", "found that its provider was not asked", "this is a bug");

    private readonly HashSet<KeyReference> awaited = [];
    private IReadOnlyDictionary<KeyReference, ResolvedReference> resolved = new Dictionary<KeyReference, ResolvedReference>();

    /// <summary>What providers have to be asked for; inputs that need it were read as if they were absent.</summary>
    public IReadOnlyCollection<KeyReference> Awaited => awaited;

    /// <summary>Forgets all complaints: the same inputs are read once more, with what providers answered.</summary>
    public void StartOver(IReadOnlyDictionary<KeyReference, ResolvedReference> answers)
    {
        faults.Clear();
        awaited.Clear();
        resolved = answers;
    }

    /// <summary>A reference to a place that can be written to, or null.</summary>
    public KeyReference? Registry(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        // A registry is a place: what could be a key is not taken for one, and not shown.
        var place = text.Contains(':', StringComparison.Ordinal) ? Take(KeyReferenceParser.Parse(text, name)) : null;
        if (place is not (KeyReference.Vault or KeyReference.AzureKeyVault { Version: null } or KeyReference.AwsSecretsManager { Field: null }))
        {
            if (place is not null || !text.Contains(':', StringComparison.Ordinal))
            {
                Add(FaultCodes.InputUnknownValue, name, $"Expected vault:<mount>/<path>#<field>, azure-keyvault:<vault>/<secret> or aws-secretsmanager:<region>/<id> in '{name}'", "found something of another kind", "give one of them");
            }

            return null;
        }

        faults.AddRange(Providers.Complaints(place).Where(complaint => !faults.Contains(complaint)));
        return place;
    }

    /// <summary>The text of a reference in a file. Until its provider was asked, a text that passes for any: what is made of it is thrown away (<see cref="Finish{T}"/>).</summary>
    public Result<string> Provided(KeyReference reference)
    {
        var text = KeyReader.Text(reference, "spec", this);
        return text.Faults is [var only] && only == NotAskedYet ? "https://awaited.invalid" : text;
    }

    internal Result<ResolvedReference> Find(KeyReference reference)
    {
        if (resolved.TryGetValue(reference, out var found))
        {
            return found;
        }

        if (Providers.Complaints(reference) is { Count: > 0 } complaints)
        {
            return Result<ResolvedReference>.Fail([.. complaints.Where(complaint => !faults.Contains(complaint)), .. complaints.All(faults.Contains) ? [NotAskedYet] : (Fault[])[]]);
        }

        awaited.Add(reference);
        return NotAskedYet;
    }
}

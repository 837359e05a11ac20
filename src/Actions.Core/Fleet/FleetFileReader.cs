using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Fleet;

/// <summary>Makes a fleet file of YAML, or says everything that is wrong with it.</summary>
internal sealed class FleetFileReader(string file, string input)
{
    private const string Version = "1";
    private const int LongestEnvironment = 255; // GitHub's own limit

    private static readonly TimeSpan DefaultKeyAge = TimeSpan.FromDays(90);

    private readonly YamlFaults faults = new(file, input);

    public Result<FleetFile> Read(YamlMappingNode node)
    {
        var root = new YamlMap(node, "", faults);
        root.Require("version");
        if (root.Text("version") is { } version && version != Version)
        {
            root.Complain("version", Version, $"found {PlainText.Quote(version)}", "use a version of these actions that reads it");
        }

        if (!root.Has("programs") && !root.Has("release-files"))
        {
            root.Require("programs");
        }

        var fleet = new FleetFile(
            [.. root.List("release-files").Select(item => new FleetReleaseFile(item.Text, Place(item.Node)))],
            root.Map("programs") is { } programs ? Programs(programs) : [],
            root.Map("payers") is { } payers ? Payers(payers) : [],
            Keys(root),
            root.Duration("max-key-age") ?? DefaultKeyAge,
            root.Map("environments") is { } environments ? Environments(environments) : []);
        foreach (var key in (string[])["programs", "release-files"])
        {
            if (root.Has(key) && fleet.Programs.Count + fleet.ReleaseFiles.Count == 0 && faults.All.Count == 0)
            {
                root.Complain(key, "at least one program", "found none", "add one");
            }
        }

        root.Close();
        return faults.All is { Count: > 0 } all ? Result<FleetFile>.Fail(all) : fleet;
    }

    private FleetPlace Place(YamlNode node) => new(file, (int)node.Start.Line);

    private List<FleetProgram> Programs(YamlMap map)
    {
        List<FleetProgram> programs = [];
        foreach (var (name, value) in map.Entries())
        {
            if (!ReleaseName.IsUsable(name))
            {
                faults.Add(value, $"Expected a program's name of {ReleaseName.Form}", $"found {PlainText.Quote(name)}", "choose another one");
            }
            else if (map.MapOf(value, name) is { } entry && Program(name, entry, Place(map.KeyOf(name))) is { } program)
            {
                programs.Add(program);
            }
        }

        return programs;
    }

    private FleetProgram? Program(string name, YamlMap map, FleetPlace place)
    {
        map.Require("cluster", "program-id");
        var cluster = ClusterOf(map);
        var id = Addressed(map, "program-id", "the program's id");
        var environment = map.Text("environment");
        if (environment is { Length: > LongestEnvironment })
        {
            map.Complain("environment", $"the GitHub environment's name, at most {LongestEnvironment} characters,", $"found {environment.Length}", "correct it");
        }

        var hash = map.Text("expected-hash");
        if (hash is not null && !HexHash.Is(hash))
        {
            map.Complain("expected-hash", "an executable hash (64 lower-case hex digits)", $"found {PlainText.Quote(hash)}", "give what solana-verify get-executable-hash prints");
        }

        if (hash is not null && map.Has("release"))
        {
            map.Complain("release", "either expected-hash or release", "found both", "remove one of them");
        }

        var release = map.Text("release");
        var known = release is null ? null : FleetRelease.Parse(release, name);
        if (release is not null && known is null)
        {
            map.Complain("release", FleetRelease.Form, $"found {PlainText.Quote(release)}", "correct it");
        }

        var authority = AuthorityOf(map);
        var contacts = Rule(map, "security-txt", SecurityTxtRule.Off, SecurityTxtRule.Warn, SecurityTxtRule.Require);
        var build = Rule(map, "verified-build", VerifiedBuildRule.Off, VerifiedBuildRule.Warn, VerifiedBuildRule.Require);
        var idl = Rule(map, "published-idl", IdlRule.Off, IdlRule.Warn, IdlRule.Require);
        var config = new FleetConfigReader(file, input, faults).Read(map);
        map.Close();
        return cluster is null || id is not { } address ? null : new FleetProgram(name, cluster, address, place)
        {
            Environment = environment ?? cluster.Name,
            Authority = authority,
            ExpectedHash = hash,
            Release = known,
            SecurityTxt = contacts ?? SecurityTxtRule.Off,
            VerifiedBuild = build,
            PublishedIdl = idl,
            Config = config,
        };
    }

    private static Cluster? ClusterOf(YamlMap map)
    {
        var name = map.Text("cluster");
        var known = name is null ? null : Cluster.FromName(name);
        if (name is not null && known is null)
        {
            map.Complain("cluster", $"one of {string.Join(", ", Cluster.All)}", $"found {PlainText.Quote(name)}", "use one of them, in lower case");
        }

        return known;
    }

    private static Address? Addressed(YamlMap map, string key, string what)
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        if (Address.TryParse(text, out var address))
        {
            return address;
        }

        map.Complain(key, $"{what} (base58 of 32 bytes)", "found something else (not shown: it could be a key)", "give an address");
        return null;
    }

    private static ExpectedAuthority? AuthorityOf(YamlMap map)
    {
        switch (map.Text("expected-authority"))
        {
            case null:
                return null;
            case "any":
                return new ExpectedAuthority.Any();
            case "none":
                return new ExpectedAuthority.Nobody();
            case var text when FleetAuthority.Of(text) is { } address:
                return new ExpectedAuthority.Exactly(address);
            default:
                map.Complain(
                    "expected-authority", "an address (base58 of 32 bytes), squads:<multisig>[/<vault-index>], none or any", "found something else (not shown: it could be a key)", "give the address of the authority");
                return null;
        }
    }

    /// <summary>Null where the file does not say, or says something else.</summary>
    private static T? Rule<T>(YamlMap map, string key, T off, T warn, T require)
        where T : struct
    {
        switch (map.Text(key))
        {
            case null:
                return null;
            case "off":
                return off;
            case "warn":
                return warn;
            case "require":
                return require;
            case var rule:
                map.Complain(key, "off, warn or require", $"found {PlainText.Quote(rule)}", "use one of them");
                return null;
        }
    }

    private List<FleetPayer> Payers(YamlMap map)
    {
        List<FleetPayer> payers = [];
        foreach (var (name, value) in map.Entries())
        {
            if (!Address.TryParse(name, out var address))
            {
                faults.Add(map.KeyOf(name), "Expected a payer's address (base58 of 32 bytes)", "found something else (not shown: it could be a key)", "give the address");
            }
            else if (map.MapOf(value, name) is { } entry)
            {
                entry.Require("cluster");
                var (cluster, least) = (ClusterOf(entry), entry.Number("min-deploys", 0));
                entry.Close();
                if (cluster is not null)
                {
                    payers.Add(new FleetPayer(address, cluster, least ?? 1, Place(map.KeyOf(name))));
                }
            }
        }

        return payers;
    }

    /// <summary>A key in this file is known to everybody who reads it, and of one in a variable nobody knows the age.</summary>
    private List<FleetKey> Keys(YamlMap root)
    {
        List<FleetKey> keys = [];
        foreach (var (text, node) in root.List("keys"))
        {
            if (KeyReferenceParser.Parse(text, input) is { IsOk: true, Value: KeyReference.Vault or KeyReference.VaultTransit or KeyReference.AzureKeyVault or KeyReference.AwsSecretsManager or KeyReference.AwsKms } parsed)
            {
                keys.Add(new FleetKey(parsed.Value, text, Place(node)));
            }
            else
            {
                faults.Add(
                    node, "Expected a reference to a key whose provider knows its age (vault:, vault-transit:, azure-keyvault:, aws-secretsmanager:, aws-kms:) in 'keys'",
                    "found something else (not shown: it could be a key)", "correct it; a key itself must not lie in this file");
            }
        }

        return keys;
    }

    private List<FleetEnvironment> Environments(YamlMap map)
    {
        List<FleetEnvironment> environments = [];
        foreach (var (name, value) in map.Entries())
        {
            if (map.MapOf(value, name) is { } entry)
            {
                environments.Add(new FleetEnvironment(
                    name, entry.Number("reviewers", 0), entry.Flag("prevent-self-review"),
                    entry.Map("approvals") is { } approvals ? new ReleaseGatesReader(faults).Approvals(approvals) : null, Place(map.KeyOf(name))));
                entry.Close();
            }
        }

        return environments;
    }
}

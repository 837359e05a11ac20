using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Runner;
using Actions.Core.Solana;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Releases;

/// <summary>Makes a release file of YAML, or says everything that is wrong with it.</summary>
internal sealed class ReleaseFileReader(string file, string input)
{
    private const string Version = "1";
    private const string ForAll = "*";
    private const int LongestEnvironment = 255; // GitHub's own limit

    private readonly YamlFaults faults = new(file, input);

    public Result<ReleaseFile> Read(YamlMappingNode node)
    {
        var root = new YamlMap(node, "", faults);
        root.Require("version", "name", "programs", "environments");
        if (root.Text("version") is { } version && version != Version)
        {
            root.Complain("version", Version, $"found {PlainText.Quote(version)}", "use a version of these actions that reads it");
        }

        var name = Name(root, "name");
        var programs = root.Map("programs") is { } listed ? Programs(listed, root) : [];
        var environments = root.Map("environments") is { } stages ? Environments(stages, root, programs) : [];
        var smoke = root.Map("smoke") is { } specs ? Smoke(specs, environments) : [];
        root.Close();
        return faults.All is { Count: > 0 } all ? Result<ReleaseFile>.Fail(all) : new ReleaseFile(name!, programs, ReleaseChain.InOrder(environments), smoke);
    }

    private List<ReleaseProgram> Programs(YamlMap map, YamlMap root)
    {
        List<ReleaseProgram> programs = [];
        foreach (var (name, value) in map.Entries())
        {
            CheckName(name, value, "a program's name");
            if (map.MapOf(value, name) is { } program)
            {
                program.Require("artifact");
                programs.Add(new ReleaseProgram(name, program.Text("artifact") ?? "", program.Text("idl")));
                program.Close();
            }
        }

        if (!map.Entries().Any())
        {
            root.Complain("programs", "at least one program", "found none", "add one");
        }

        return programs;
    }

    private List<ReleaseEnvironment> Environments(YamlMap map, YamlMap root, IReadOnlyList<ReleaseProgram> programs)
    {
        List<ReleaseEnvironment> environments = [];
        Dictionary<string, YamlNode> positions = [];
        foreach (var (name, value) in map.Entries())
        {
            if (name.Length > LongestEnvironment || name.Any(char.IsControl) || name is ForAll or ReleaseFile.Build)
            {
                faults.Add(value, $"Expected the GitHub environment's name, at most {LongestEnvironment} characters, neither '{ForAll}' nor '{ReleaseFile.Build}'", $"found {PlainText.Quote(name)}", "give it another name");
            }

            positions[name] = value is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode("after"), out var after) ? after : value;
            if (map.MapOf(value, name) is { } environment)
            {
                environments.Add(Environment(name, environment, programs));
                environment.Close();
            }
        }

        if (positions.Count == 0)
        {
            root.Complain("environments", "at least one environment", "found none", "add one");
        }
        else if (environments.Count == positions.Count)
        {
            foreach (var (environment, complaint) in ReleaseChain.Complaints(environments))
            {
                faults.Add(positions[environment], complaint.Expected, complaint.Found, complaint.Remedy);
            }
        }

        return environments;
    }

    private ReleaseEnvironment Environment(string name, YamlMap map, IReadOnlyList<ReleaseProgram> programs)
    {
        map.Require("cluster", "program-ids");
        var cluster = map.Text("cluster");
        var known = cluster is null ? null : Cluster.FromName(cluster);
        if (cluster is not null && known is null)
        {
            map.Complain("cluster", $"one of {string.Join(", ", Cluster.All)}", $"found {PlainText.Quote(cluster)}", "use one of them, in lower case");
        }

        return new ReleaseEnvironment(name, known ?? Cluster.Localnet)
        {
            After = map.Text("after"),
            ProgramIds = map.Map("program-ids") is { } ids ? ProgramIds(ids, programs) : new Dictionary<string, Address>(),
            Variant = Name(map, "variant") ?? ReleaseEnvironment.DefaultVariant,
            UpgradeAuthority = Authority(map),
            Gates = map.Map("gates") is { } gates ? new ReleaseGatesReader(faults).Read(gates) : new ReleaseGates(),
            Retention = map.Map("retention") is { } retention ? RetentionOf(retention) : null,
        };
    }

    private Dictionary<string, Address> ProgramIds(YamlMap map, IReadOnlyList<ReleaseProgram> programs)
    {
        Dictionary<string, Address> ids = [];
        foreach (var (name, value) in map.Entries())
        {
            if (programs.All(program => program.Name != name))
            {
                faults.Add(value, "Expected the name of one of the file's programs", $"found {PlainText.Quote(name)}", "correct it, or add the program");
            }
            else if (map.TextOf(value, name) is { } text)
            {
                if (!Address.TryParse(text, out var id))
                {
                    faults.Add(value, $"Expected the address of {name} (base58 of 32 bytes)", "found something else (not shown: it could be a key)", "give the program's id");
                }
                else if (ids.FirstOrDefault(other => other.Value == id) is { Key: { } other })
                {
                    faults.Add(value, $"Expected another id than that of {other}", $"found {id} for {name} too", "give each program its own id");
                }
                else
                {
                    ids[name] = id;
                }
            }
        }

        return ids;
    }

    /// <summary>This file lies in a repository: a key in it is known to everybody who reads it.</summary>
    private static string? Authority(YamlMap map)
    {
        if (map.Text("upgrade-authority") is not { } text)
        {
            return null;
        }

        var parsed = KeyReferenceParser.Parse(text, "upgrade-authority");
        if (!parsed.IsOk || parsed.Value is KeyReference.Literal)
        {
            map.Complain(
                "upgrade-authority", "an address or a reference to a key, such as squads:… or env:NAME,",
                parsed.IsOk ? "found a key itself (not shown)" : "found something else (not shown: it could be a key)",
                parsed.IsOk ? "move it to a secret now, and replace it: who can read this file has it" : "correct the value");
        }

        return text;
    }

    private static Retention RetentionOf(YamlMap map)
    {
        var retention = new Retention(map.Number("keep", 1), map.Duration("min-age"));
        map.Close();
        return retention;
    }

    private Dictionary<string, string> Smoke(YamlMap map, IReadOnlyList<ReleaseEnvironment> environments)
    {
        Dictionary<string, string> specs = [];
        foreach (var (name, value) in map.Entries())
        {
            if (name != ForAll && environments.All(environment => environment.Name != name))
            {
                faults.Add(value, $"Expected '{ForAll}' or the name of one of the file's environments", $"found {PlainText.Quote(name)}", "correct it");
            }

            if (map.TextOf(value, name) is { } path)
            {
                specs[name] = path;
            }
        }

        return specs;
    }

    private static string? Name(YamlMap map, string key)
    {
        var name = map.Text(key);
        if (name is not null && !ReleaseName.IsUsable(name))
        {
            map.Complain(key, ReleaseName.Form, $"found {PlainText.Quote(name)}", "it becomes part of file names and tags: choose another one");
        }

        return name;
    }

    private void CheckName(string name, YamlNode at, string what)
    {
        if (!ReleaseName.IsUsable(name))
        {
            faults.Add(at, $"Expected {what} of {ReleaseName.Form}", $"found {PlainText.Quote(name)}", "it becomes part of file names: choose another one");
        }
    }
}

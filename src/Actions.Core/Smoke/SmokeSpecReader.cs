using System.Globalization;
using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Runner;
using Actions.Core.Solana;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>Reads a spec (docs/schema/smoke-spec.schema.json) and says everything that is wrong with it at once.</summary>
public static class SmokeSpecReader
{
    private const int MostChecks = 500;
    private const int MostAttempts = 100;
    private const int LongestName = 200;

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    private static readonly string[] Kinds = ["http", "websocket", "metrics", "program", "account", "transaction", "rpc", "result"];

    /// <param name="file">The spec.</param>
    /// <param name="programId">What `program` checks without an id are about.</param>
    /// <param name="environment">Where references point.</param>
    /// <param name="masker">Learns what must not be printed.</param>
    /// <param name="provided">What secrets providers hold; null where nobody can be asked.</param>
    public static Result<SmokeSpec> Read(InputFile file, Address? programId, RunnerEnvironment environment, Masker masker, Func<KeyReference, Result<string>>? provided = null)
    {
        var yaml = new SpecYaml(file.Path.Relative);
        if (yaml.Load(file.Bytes) is not { } root)
        {
            return Result<SmokeSpec>.Fail(yaml.Faults);
        }

        var map = new SpecMap(yaml, root, "the spec");
        map.Require("version", "1");
        if (map.Text("version") is { } version && version != "1")
        {
            map.Wrong(map.Take("version")!, "version 1 of the spec", "use a version of this action that knows that version");
        }

        map.Require("checks", "what must work");
        var limits = Limits(map);
        var sources = new SpecSources(programId, environment, masker, new SecretWords(environment, masker, provided));
        var nodes = map.List("checks");
        if (nodes.Count is 0 or > MostChecks && map.Take("checks") is YamlSequenceNode list)
        {
            map.Wrong(list, $"1 to {MostChecks} checks", "give what must work after a release");
        }

        var checks = nodes.Take(MostChecks).Select(node => Check(map, node, sources)).OfType<SmokeCheck>().ToList();
        map.Finish();
        checks = Link(yaml, checks, nodes);
        return yaml.Faults.Count > 0
            ? Result<SmokeSpec>.Fail(yaml.Faults)
            : new SmokeSpec(file.Path.Relative, Convert.ToHexStringLower(SHA256.HashData(file.Bytes)), limits, checks);
    }

    private static SmokeLimits Limits(SpecMap spec)
    {
        if (spec.Map("limits") is not { } map)
        {
            return new SmokeLimits(null, null);
        }

        var availability = map.Text("availability") is { } text && SmokeNumber.Parse(text) is { Rounded: > 0 and <= 1 } share ? share.Rounded : (double?)null;
        if (availability is null && map.Take("availability") is { } other)
        {
            map.Wrong(other, "a share above 0 and at most 1 in 'availability' of 'limits'", "give for example 0.999");
        }

        var limits = new SmokeLimits(availability, map.Duration("p95", LongestTimeout));
        map.Finish();
        return limits;
    }

    private static SmokeCheck? Check(SpecMap spec, YamlNode node, SpecSources sources)
    {
        if (node is not YamlMappingNode mapping)
        {
            spec.Wrong(node, "a mapping for each check", "start it with '- name: …'");
            return null;
        }

        var line = (int)node.Start.Line;
        var given = mapping.Children.TryGetValue(new YamlScalarNode("name"), out var named) ? (named as YamlScalarNode)?.Value : null;
        var map = new SpecMap(spec.Yaml, mapping, given is { Length: > 0 } ? $"check {PlainText.Quote(given)}" : "a check");
        map.Require("name", "unique");
        var name = map.Text("name");
        if (name is { Length: > LongestName } || name?.Any(char.IsControl) == true)
        {
            map.Wrong(map.Take("name")!, $"a name of at most {LongestName} characters on one line", "shorten it");
        }

        var assertions = new AssertionReader(spec.Yaml);
        var attempts = map.Number("attempts", 1, MostAttempts);
        var timeout = map.Duration("timeout", LongestTimeout);
        var stage = map.Duration("stage");
        var dependsOn = map.Words("depends-on");
        var kinds = Kinds.Where(map.Has).ToList();
        RequireKind(map, kinds);
        var read = kinds.Select(kind => map.Map(kind) is { } inner ? Kind(kind, inner, assertions, sources) : null).ToList();
        if (kinds.Count > 0)
        {
            map.Finish();
        }

        // Without a kind it is still linked, so that a wrong depends-on is said too; the fault keeps it from being used.
        return name is null ? null : new SmokeCheck(name, line, read is [{ } only] ? only : null!)
        {
            Attempts = (int?)attempts,
            Timeout = timeout ?? TimeSpan.FromSeconds(10),
            Stage = stage,
            DependsOn = dependsOn,
            Captures = assertions.Captures,
            Compares = assertions.Compares,
        };
    }

    /// <summary>Where there is none, keys that are unknown were meant to be one: that is said once.</summary>
    private static void RequireKind(SpecMap map, List<string> kinds)
    {
        if (kinds.Count == 1)
        {
            return;
        }

        var unknown = map.Unknown();
        var (at, found, remedy) = kinds.Count > 1 ? (map.KeyOf(kinds[1]), string.Join(" and ", kinds), "make a check of each")
            : unknown.Count > 0 ? (unknown[0], string.Join(" and ", unknown.Select(SpecMap.Shown)), "correct the name")
            : (map.Node, "none", "say what to check");
        map.Yaml.Complain(at, FaultCodes.InputInvalid, $"exactly one of {string.Join(", ", Kinds)} in {map.About}", found, remedy);
    }

    private static SmokeKind? Kind(string kind, SpecMap map, AssertionReader assertions, SpecSources sources)
    {
        SmokeKind? read = kind switch
        {
            "http" => ServiceKinds.Http(map, assertions, sources),
            "websocket" => ServiceKinds.WebSocket(map, assertions, sources),
            "metrics" => ServiceKinds.Metrics(map, assertions, sources),
            "program" => ChainKinds.Program(map, sources),
            "account" => ChainKinds.Account(map, assertions, sources),
            "transaction" => TransactionKind.Read(map, assertions),
            "rpc" => ChainKinds.Rpc(map, assertions),
            _ => ServiceKinds.Result(map, sources),
        };
        map.Finish();
        return read;
    }

    /// <summary>Names must be unique, lead somewhere, and not in a circle.</summary>
    private static List<SmokeCheck> Link(SpecYaml yaml, List<SmokeCheck> checks, IReadOnlyList<YamlNode> nodes)
    {
        YamlNode At(SmokeCheck check, string key = "")
        {
            var node = nodes.First(node => node.Start.Line == check.Line);
            return node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : node;
        }

        var before = yaml.Faults.Count;
        foreach (var twice in checks.GroupBy(check => check.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            yaml.Complain(At(twice.Last()), FaultCodes.InputConflict, "each name once", $"{PlainText.Quote(twice.Key)} also in line {twice.First().Line.ToString(CultureInfo.InvariantCulture)}", "give one of them another name");
        }

        var captors = checks.SelectMany(check => check.Captures.Distinct().Select(name => (Name: name, Check: check))).ToLookup(pair => pair.Name, pair => pair.Check, StringComparer.Ordinal);
        foreach (var twice in captors.Where(same => same.Count() > 1))
        {
            yaml.Complain(At(twice.Last()), FaultCodes.InputConflict, "each captured name once", $"{PlainText.Quote(twice.Key)} in {string.Join(" and ", twice.Select(check => PlainText.Quote(check.Name)))}", "capture under another name");
        }

        var names = nodes.OfType<YamlMappingNode>().Select(node => node.Children.TryGetValue(new YamlScalarNode("name"), out var name) ? (name as YamlScalarNode)?.Value : null).ToHashSet();
        foreach (var check in checks)
        {
            foreach (var unknown in check.DependsOn.Where(name => !names.Contains(name)))
            {
                yaml.Complain(At(check, "depends-on"), FaultCodes.InputUnknownValue, $"the name of a check in 'depends-on' of {PlainText.Quote(check.Name)}", PlainText.Quote(unknown), "correct the name");
            }

            foreach (var unknown in check.Compares.Distinct().Where(name => !captors.Contains(name)))
            {
                yaml.Complain(At(check), FaultCodes.InputUnknownValue, $"a captured name in 'same-as' of {PlainText.Quote(check.Name)}", PlainText.Quote(unknown), "add 'capture' to the check that finds the value");
            }
        }

        List<SmokeCheck> linked = [.. checks.Select(check => check with
        {
            Needs = [.. check.DependsOn.Concat(check.Compares.SelectMany(name => captors[name]).Where(other => other.Name != check.Name).Select(other => other.Name)).Distinct()],
        })];
        if (yaml.Faults.Count == before && checks.Count == names.Count && SmokeOrder.Cycle(linked) is { Count: > 0 } cycle)
        {
            yaml.Complain(At(linked.First(check => check.Name == cycle[0])), FaultCodes.InputConflict, "checks that wait for each other in one direction", $"the circle {string.Join(" → ", cycle.Select(name => PlainText.Quote(name, 40)))}", "remove one of the dependencies");
        }

        return linked;
    }
}

/// <summary>What a spec may refer to.</summary>
internal sealed record SpecSources(Address? ProgramId, RunnerEnvironment Environment, Masker Masker, SecretWords Secrets);

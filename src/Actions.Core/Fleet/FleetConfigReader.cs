using Actions.Core.Faults;
using Actions.Core.Releases;
using Actions.Core.Smoke;
using Actions.Core.Solana;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Fleet;

/// <summary>Reads the `config` of a program: which accounts hold which values.</summary>
internal sealed class FleetConfigReader(string file, string input, YamlFaults faults)
{
    public IReadOnlyList<FleetConfig> Read(YamlMap program) =>
        [.. program.Maps("config").Select(entry => Entry(entry.Map, Place(entry.Node))).OfType<FleetConfig>()];

    private FleetConfig? Entry(YamlMap map, FleetPlace place)
    {
        map.Require("idl", "fields");
        if (map.Has("account") == map.Has("pda"))
        {
            map.Complain("account", "either 'account' or 'pda'", $"found {(map.Has("pda") ? "both" : "neither")}", "say which account");
        }

        var (account, derived, idl) = (Account(map), Derived(map), map.Text("idl"));
        List<FleetField> fields = [];
        var declared = map.Map("fields");
        foreach (var (name, value) in declared?.Entries() ?? [])
        {
            fields.Add(new FleetField(name, SpecValues.ToValue(value), Place(value)));
        }

        if (declared is not null && fields.Count == 0)
        {
            map.Complain("fields", "at least one field", "found none", "add one, such as fee_bps: 250");
        }

        map.Close();
        return (account ?? derived) is { } address && idl is not null ? new FleetConfig(address, idl, fields, place) : null;
    }

    private static Address? Account(YamlMap map)
    {
        if (map.Text("account") is not { } text)
        {
            return null;
        }

        if (Address.TryParse(text, out var address))
        {
            return address;
        }

        map.Complain("account", "an address (base58 of 32 bytes)", "found something else (not shown: it could be a key)", "give the account's address");
        return null;
    }

    /// <summary>As a smoke spec has it.</summary>
    private Address? Derived(YamlMap map)
    {
        if (map.Take("pda") is not { } node)
        {
            return null;
        }

        if (node is not YamlMappingNode mapping)
        {
            map.Complain("pda", "a mapping", "found something else", "give { seeds: […], program: … }");
            return null;
        }

        var yaml = new SpecYaml(file);
        var address = ChainKinds.Pda(new SpecMap(yaml, mapping, "'pda'"));
        foreach (var fault in yaml.Faults)
        {
            faults.Add(node.Start.Line, fault with { Code = FaultCodes.FileUnreadable, Input = input });
        }

        return address;
    }

    private FleetPlace Place(YamlNode node) => new(file, (int)node.Start.Line);
}

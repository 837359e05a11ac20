using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Runner;
using Actions.Core.Smoke;

namespace Actions.Cli.Fleet;

/// <summary>Compares configuration on chain with what is declared, field by field. Pure.</summary>
internal sealed class ConfigJudge(FleetProgram program, IReadOnlyDictionary<string, AnchorIdl> idls, FleetEvidence evidence)
{
    public IEnumerable<FleetFinding> Judge() => program.Config.SelectMany(Judge);

    private IEnumerable<FleetFinding> Judge(FleetConfig config)
    {
        if (evidence.Clusters[program.Cluster].Accounts[config.Account] is not { } account)
        {
            return [Of(config.Account.ToString(), config.Place, $"Expected configuration in the account {config.Account} on {program.Cluster}", "found no such account")];
        }

        return config.Fields.Select(field => Judge(config, field, account.Data.Span)).OfType<FleetFinding>();
    }

    private FleetFinding? Judge(FleetConfig config, FleetField field, ReadOnlySpan<byte> data)
    {
        var found = idls[config.Idl].Read(data, field.Name, out var why);
        return found is not null && SmokeValue.Same(found, field.Expected) ? null : Of(
            $"{config.Account}/{PlainText.Bound(field.Name, 200)}", field.Place, $"Expected {PlainText.Quote(field.Name)} in {config.Account} on {program.Cluster} to be {field.Expected.Shown}",
            $"found {found?.Shown ?? PlainText.Bound(PlainText.CleanLine(why), 200)}");
    }

    private FleetFinding Of(string what, FleetPlace place, string expected, string found) => new(
        FindingKinds.ConfigMismatch, Severity.Error, $"{program.Name}/{what}", place, expected, found, "find out who changed it; then set it back, or declare the new value");
}

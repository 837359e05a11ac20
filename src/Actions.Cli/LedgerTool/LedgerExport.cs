using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;

namespace Actions.Cli.LedgerTool;

/// <summary>Every record of a ledger, folded, as JSON lines: what other places keep longer than we do.</summary>
internal sealed class LedgerExport(ActionContext context, TextWriter output)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var inputs = context.Inputs;
        var (environment, program) = (inputs.Text("environment"), inputs.Address("program-id"));
        var places = RecordInputs.Read(context, hasStore: false);
        if (!places.HasLedger)
        {
            inputs.Add(FaultCodes.InputInvalid, "ledger", "Expected a ledger to export", "found none", "give file:<dir> or github");
        }

        var ledger = inputs.Finish(() => places).OrThrow().OpenLedger(context);
        var records = await ledger.ReadAllAsync(cancellation);
        foreach (var record in records.Where(record => (environment is null || record.Environment == environment) && (program is null || record.ProgramId == program)))
        {
            await output.WriteAsync($"{record.ToJson()}\n".AsMemory(), cancellation);
        }
    }
}

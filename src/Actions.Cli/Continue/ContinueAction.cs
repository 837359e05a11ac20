using Actions.Cli.Clusters;
using Actions.Cli.Hosting;

namespace Actions.Cli.Continue;

/// <summary>`continue`: settles records that wait for somebody: executed when they can be, failed when nothing comes of them any more, left alone else.</summary>
internal static class ContinueAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(ContinueInputs.Read, cancellation);
        using var rpc = inputs.Cluster.Connect(context.Http, context.Time);
        var report = new ContinueReport(inputs, context);
        report.Add(context.Inputs.Faults);
        var book = new RecordBook(context, inputs.Records, inputs.Cluster, inputs.Environment, rpc);
        await new BoundedRun(context.Time, inputs.Cluster.Timeout, report.Add).RunAsync(token => new ContinueRun(inputs, context, rpc, book, report).RunAsync(token), cancellation);
        return report.Outcome();
    }
}

using Actions.Cli.Hosting;
using Actions.Core.Faults;

namespace Actions.Cli.Doctor;

/// <summary>`doctor`: whatever would stop the next release of an environment is looked for before its day. Every check is made; it leaves nothing behind.</summary>
internal static class DoctorAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(DoctorInputs.Read, cancellation);
        var runner = new CheckRunner(context, inputs.Attempts, inputs.CheckTimeout);
        List<Fault> faults = [.. context.Inputs.Faults];
        await new BoundedRun(context.Time, inputs.Timeout, faults.Add).RunAsync(token => CheckAsync(context, inputs, runner, token), cancellation);
        var report = new DoctorReport(inputs.Environment, inputs.IsDryRun, runner.Results);
        return new ActionOutcome { Faults = [.. report.Faults, .. faults], Told = report.Faults, Outputs = report.Outputs(), Summary = report.Summary() };
    }

    private static async Task CheckAsync(ActionContext context, DoctorInputs inputs, CheckRunner runner, CancellationToken cancellation)
    {
        _ = context.Secrets; // made here, before several checks ask for it at once
        using var client = inputs.Records.Connect(context);
        var reader = new CheckInputs(context);
        var places = new PlaceChecks(context, inputs, runner, client);
        var keys = new KeyChecks(context, inputs, runner, reader).RunAsync(cancellation);
        var cluster = new EndpointChecks(context, runner, reader).RunAsync(cancellation);
        var ledger = places.LedgerAsync(cancellation);
        await Task.WhenAll(
            ProgramsAsync(),
            new EnvironmentChecks(context, inputs, runner, client).RunAsync(cancellation),
            new ChannelChecks(context, inputs, runner, reader).RunAsync(cancellation),
            ledger,
            places.StoreAsync(cancellation));

        async Task ProgramsAsync() => await new ProgramChecks(context, inputs, runner).RunAsync(await keys, await cluster, await ledger, cancellation);
    }
}

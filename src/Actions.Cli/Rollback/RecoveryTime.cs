using System.Globalization;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;

namespace Actions.Cli.Rollback;

/// <summary>Compares how long a rollback took, or in a drill would have taken, with how long it may.</summary>
internal sealed class RecoveryTime(RollbackInputs inputs, DeploySite site, DeployReports reports, DateTimeOffset startedAt)
{
    /// <summary>A drill has this verdict to give. A rollback that came late is a rollback all the same: that is a warning.</summary>
    public async Task JudgeAsync(IReadOnlyList<SeenProgram> restored, IReadOnlyList<DeployReport> done, CancellationToken cancellation)
    {
        if (done.Count == 0 || done.Any(report => report.Seconds is null))
        {
            return;
        }

        var took = TimeSpan.FromSeconds(done.Max(report => report.Seconds!.Value));
        var isInTime = inputs.Rto is not { } rto || took <= rto;
        if (inputs.IsDrill && inputs.Records.HasLedger)
        {
            foreach (var (seen, report) in restored.Zip(done))
            {
                var entry = DrillRecord.Make(inputs, site, seen, report, isInTime, startedAt);
                await site.Book.AppendAsync(entry, cancellation);
                report.Recorded(entry.Id);
            }
        }

        if (!isInTime)
        {
            var missed = new Fault(
                FaultCodes.RtoMissed, string.Create(CultureInfo.InvariantCulture, $"Expected the old bytes to run within {inputs.Rto!.Value.TotalSeconds:0.###} s"),
                string.Create(CultureInfo.InvariantCulture, $"found {took.TotalSeconds:0.0} s"), "use a faster endpoint in rpc-url, raise priority-fee or max-rps, or say what is really needed in rto", "rto");
            reports.Add(inputs.IsDrill ? missed : missed.AsWarning());
        }
    }
}

using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Publish;

/// <summary>Has somebody else build what was claimed, and compares the hashes; the verdict is a check in the ledger.</summary>
internal sealed class RemoteBuildCheck(DeploySite site, DeployTarget target, Uri api)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly DateTimeOffset startedAt = site.Context.Time.GetUtcNow();

    private DeployRequest Request => target.Request;

    private Address Program => Request.ProgramId!.Value;

    private string Expected { get; } = Convert.ToHexStringLower(target.Request.Binary.ExecutableHash.Span);

    /// <param name="release">The record of the release that is checked; null where there is none.</param>
    /// <exception cref="FaultException">Its build gave something else, or it does not answer.</exception>
    public async Task RunAsync(string? release, CancellationToken cancellation)
    {
        using var builds = new RemoteBuilds(api, site.Context.Http(), site.Context.Time);
        site.Context.Log.Line($"Waiting for {api.Host} to build the program again");
        var build = await BuildAsync(builds, cancellation);
        var isConfirmed = build.Confirms(Expected);
        await RecordAsync(isConfirmed, release, cancellation);
        if (!isConfirmed)
        {
            throw new FaultException(new Fault(
                FaultCodes.BuildUnverified, $"a build of {Request.Publish!.Claim!.Claim.Commit} by {api.Host} that gives the executable hash {Expected}",
                build.Built is { } built ? $"it gives {built}, and sees {build.OnChain ?? "nothing"} on chain" : "it gives none",
                "build the commit yourself with solana-verify and the same arguments, and compare; the program is deployed, and the claim stands until it is written anew", "verified-build"));
        }

        site.Context.Log.Line($"{api.Host} built the same bytes");
    }

    /// <summary>What it knows already, if that is about these bytes; else what becomes of a new job.</summary>
    private async Task<RemoteBuild> BuildAsync(RemoteBuilds builds, CancellationToken cancellation)
    {
        if (await builds.StatusAsync(Program, cancellation) is { } known && known.Confirms(Expected))
        {
            return known;
        }

        var job = await builds.SubmitAsync(Program, Request.UpgradeAuthority.Address, cancellation);
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, site.Context.Time, cancellation);
            var build = job is not null ? await builds.JobAsync(job, cancellation) : await builds.StatusAsync(Program, cancellation);
            // Without a job of its own this run can only wait until somebody else's is done, or the time is over.
            if (build is not null && (job is not null ? build.IsOver : build.Confirms(Expected)))
            {
                return build;
            }
        }
    }

    private async Task RecordAsync(bool isConfirmed, string? release, CancellationToken cancellation)
    {
        if (!site.Book.HasLedger)
        {
            return;
        }

        var now = site.Context.Time.GetUtcNow();
        await site.Book.AppendAsync(
            site.Book.Begin(site.Context.Ulids.Next(), RecordKind.Check, isConfirmed ? RecordState.Succeeded : RecordState.Failed, Program, startedAt) with
            {
                Check = CheckKind.Verify,
                FinishedAt = now,
                Name = target.Subject.Name,
                Version = target.Subject.Version,
                Variant = target.Subject.Variant,
                ExecutableHash = Expected,
                UpgradeAuthority = Request.UpgradeAuthority.Address,
                RefersTo = release,
                Passed = isConfirmed ? 1 : 0,
                Failed = isConfirmed ? 0 : 1,
                Skipped = 0,
                Findings = isConfirmed ? 0 : 1,
            },
            cancellation);
    }
}

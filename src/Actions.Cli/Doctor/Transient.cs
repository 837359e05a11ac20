using Actions.Core.GitHub;

namespace Actions.Cli.Doctor;

/// <summary>Something that is made to see whether it can be, and taken away again whatever happens meanwhile.</summary>
internal abstract class Transient
{
    /// <summary>After a signal the host waits four seconds for everything together.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan LastWordUnhurried = TimeSpan.FromSeconds(20);

    /// <summary>What it is, and where, for people who may have to take it away by hand.</summary>
    protected abstract string What { get; }

    /// <summary>Takes away what runs that are over left, makes it, and takes it away again.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="signal">Ends the check, and leaves the time that cleaning up needs.</param>
    public async Task TryAsync(CheckNotes notes, TimeProvider time, CancellationToken signal)
    {
        var removed = await RemoveLeftoversAsync(signal);
        if (removed > 0)
        {
            notes.Found($"removed {removed} that an earlier run had left");
        }

        var isGone = false;
        try
        {
            await MakeAsync(signal);
            await RemoveAsync(signal);
            isGone = true;
            notes.Found("can be written");
        }
        finally
        {
            if (!isGone)
            {
                await CleanAsync(notes, time, signal.IsCancellationRequested ? LastWord : LastWordUnhurried);
            }
        }
    }

    /// <returns>How many.</returns>
    protected abstract Task<int> RemoveLeftoversAsync(CancellationToken cancellation);

    protected abstract Task MakeAsync(CancellationToken cancellation);

    /// <summary>Takes away what was made, or may have been: nobody knows that of a call whose answer was lost.</summary>
    protected abstract Task RemoveAsync(CancellationToken cancellation);

    private async Task CleanAsync(CheckNotes notes, TimeProvider time, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit, time);
        try
        {
            await RemoveAsync(patience.Token);
        }
        catch (Exception problem) when (problem is OperationCanceledException or GitHubException or IOException or UnauthorizedAccessException)
        {
            notes.Found($"{What} may still be there: the next run removes it");
        }
    }
}

namespace Actions.Cli.Hosting;

internal static class TokenWait
{
    /// <summary>Completes when the token is cancelled.</summary>
    public static async Task WaitAsync(this CancellationToken token)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(signalled.SetResult);
        await signalled.Task;
    }
}

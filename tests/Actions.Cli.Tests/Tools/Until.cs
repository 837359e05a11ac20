using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Actions.Cli.Tests.Tools;

/// <summary>Waits for what can be observed, never for a length of time.</summary>
internal static class Until
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static async Task TrueAsync(Func<Task<bool>> condition, int everyMilliseconds = 10, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var since = Stopwatch.StartNew();
        while (!await condition())
        {
            if (since.Elapsed > Patience)
            {
                throw new TimeoutException($"After {Patience}: {what}");
            }

            await Task.Delay(everyMilliseconds);
        }
    }
}

namespace Actions.Cli.Fleet;

/// <summary>Work of the processor alone, such as deriving addresses, on all of its cores.</summary>
internal static class AllCores
{
    public static async Task<IReadOnlyList<TResult>> SelectAsync<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> make)
    {
        var (results, cores) = (new TResult[items.Count], Environment.ProcessorCount);
        await Task.WhenAll(Enumerable.Range(0, cores).Select(core => Task.Run(() =>
        {
            for (var i = core; i < items.Count; i += cores)
            {
                results[i] = make(items[i]);
            }
        })));
        return results;
    }
}

namespace Actions.Cli.Clusters;

/// <summary>Where records or artifacts are kept.</summary>
public abstract record RecordPlace
{
    private RecordPlace()
    {
    }

    /// <summary>`none`.</summary>
    public sealed record Nowhere : RecordPlace;

    /// <summary>`file:&lt;dir&gt;`.</summary>
    /// <param name="Directory">The absolute path.</param>
    public sealed record Folder(string Directory) : RecordPlace;

    /// <summary>`github`.</summary>
    public sealed record Repository : RecordPlace;
}

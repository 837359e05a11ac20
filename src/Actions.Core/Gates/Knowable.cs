namespace Actions.Core.Gates;

/// <summary>A fact that a gate needs, or why nobody can tell.</summary>
public abstract record Knowable<T>
{
    private Knowable()
    {
    }

    public static implicit operator Knowable<T>(T value) => new Known(value);

    public sealed record Known(T Value) : Knowable<T>;

    /// <param name="Why">Completes the sentence "found …".</param>
    /// <param name="Remedy">What makes it knowable.</param>
    public sealed record Unknown(string Why, string Remedy) : Knowable<T>;
}

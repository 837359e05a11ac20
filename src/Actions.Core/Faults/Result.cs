namespace Actions.Core.Faults;

/// <summary>A value, or every fault that kept it from being made.</summary>
public sealed class Result<T>
{
    private readonly T? value;

    private Result(T? value, IReadOnlyList<Fault> faults) => (this.value, Faults) = (value, faults);

    public IReadOnlyList<Fault> Faults { get; }

    public bool IsOk => Faults.Count == 0;

    /// <summary>The value; reading it from a failed result is a bug of the caller.</summary>
    public T Value => IsOk ? value! : throw new InvalidOperationException($"No value: {Faults[0].Message}");

    public static Result<T> Ok(T value) => new(value, []);

    public static Result<T> Fail(IReadOnlyList<Fault> faults) =>
        faults.Count > 0 ? new(default, faults) : throw new ArgumentException("A failure needs a fault.", nameof(faults));

    public static implicit operator Result<T>(T value) => Ok(value);

    public static implicit operator Result<T>(Fault fault) => Fail([fault]);

    /// <summary>The value, or the faults thrown for the action's host to report.</summary>
    public T OrThrow() => IsOk ? value! : throw new FaultException(Faults);
}

namespace Actions.Core.Fleet;

/// <summary>Where the snapshots of fleets are kept. What fails throws the fault `store-failed`.</summary>
public interface ISnapshots
{
    /// <summary>The bytes of a snapshot; null when there is none.</summary>
    /// <param name="name">A usable name (<see cref="FleetSnapshot.NameOf"/>).</param>
    Task<ReadOnlyMemory<byte>?> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>Replaces a snapshot.</summary>
    Task WriteAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellation);
}

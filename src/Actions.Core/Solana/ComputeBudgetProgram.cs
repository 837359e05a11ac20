namespace Actions.Core.Solana;

/// <summary>Sets what a transaction may use and what it bids for it.</summary>
public static class ComputeBudgetProgram
{
    public static readonly Address Id = Address.Parse("ComputeBudget111111111111111111111111111111");

    public static Instruction SetComputeUnitLimit(uint units)
    {
        var data = new byte[5];
        var writer = new ByteWriter(data);
        writer.U8(2);
        writer.U32(units);
        return new Instruction(Id, [], data);
    }

    /// <summary>The price of one compute unit, in millionths of a lamport.</summary>
    public static Instruction SetComputeUnitPrice(ulong microLamports)
    {
        var data = new byte[9];
        var writer = new ByteWriter(data);
        writer.U8(3);
        writer.U64(microLamports);
        return new Instruction(Id, [], data);
    }
}

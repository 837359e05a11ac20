using Actions.Cli.SolanaDeploy;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Solana;

namespace Actions.Cli.Publish;

/// <summary>How one document gets on chain. Decided from a request and a sight alone.</summary>
public sealed record DocumentPlan
{
    /// <summary>Compute units of one write with its compute-budget instructions, rounded up.</summary>
    public const uint WriteUnits = 10_000;

    private const uint UnitsOfInstruction = 35_000;
    private const uint MostUnits = 1_400_000;

    public required DocumentSight Sight { get; init; }

    /// <summary>Nothing is to be done.</summary>
    public required bool IsSaid { get; init; }

    /// <summary>With what is on chain; null where there is nothing to compare.</summary>
    public required IdlComparison? Comparison { get; init; }

    /// <summary>Whether somebody else signs.</summary>
    public required bool IsExported { get; init; }

    /// <summary>What the authority signs.</summary>
    public required MetadataPublication Publication { get; init; }

    /// <summary>What is still to be written into the buffer.</summary>
    public required IReadOnlyList<WriteChunk> Chunks { get; init; }

    /// <summary>Who may write into the buffer now.</summary>
    public required Address Writer { get; init; }

    public bool CreatesBuffer => !IsSaid && Publication.Buffer is not null && Sight.Buffer is null;

    public bool HandsOver => !IsSaid && Publication.Buffer is { } buffer && buffer.Authority != Writer;

    /// <summary>What the payer adds to the buffer's address.</summary>
    public ulong BufferMissing => CreatesBuffer ? Sight.Rent - Math.Min(Sight.Rent, Sight.BufferLamports) : 0;

    /// <summary>What the payer adds to the account.</summary>
    public ulong Missing => IsSaid ? 0 : Sight.Rent - Math.Min(Sight.Rent, Sight.Lamports);

    /// <summary>What comes back when it is published.</summary>
    public ulong Refund => IsSaid || IsExported ? 0 : Excess + (Publication.Buffer is null ? 0 : Sight.BufferLamports + BufferMissing);

    private ulong Excess => Sight.Lamports - Math.Min(Sight.Rent, Sight.Lamports);

    private string Name => Sight.Asked.Name;

    public static DocumentPlan Of(DeployRequest request, DocumentSight sight)
    {
        var (payer, authority) = (request.Payer.Address, request.UpgradeAuthority.Address);
        var isExported = !CanSign(request);
        var publication = new MetadataPublication(request.ProgramId!.Value, authority, payer, sight.Document, sight.Space, null, sight.Lamports > sight.Rent);
        var writer = sight.Buffer?.Authority ?? payer;
        if (!Fits(payer, sight.Account, publication))
        {
            publication = publication with { Buffer = (sight.BufferAt.Address, isExported ? authority : writer) };
        }

        return new DocumentPlan
        {
            Sight = sight,
            IsSaid = sight.IsSaid,
            Comparison = IdlComparison.Of(sight),
            IsExported = isExported,
            Publication = publication,
            Writer = writer,
            Chunks = sight.IsSaid || publication.Buffer is null ? [] : WriteChunks.Plan(sight.Document.Packed.Span, sight.Buffer is { } buffer ? buffer.Content.Span : default, ChunkSize(payer, sight.BufferAt.Address, writer)),
        };
    }

    /// <summary>Whether the upgrade authority signs here.</summary>
    public static bool CanSign(DeployRequest request) => request.Mode == DeployMode.Deploy && (request.CanAuthoritySign || request.IsDryRunForSigner);

    /// <summary>What a vault can sign together with the upgrade; null where that takes several transactions, or nothing is to be said.</summary>
    public IReadOnlyList<Instruction>? Proposable => !IsSaid && Publication.Portions is [var only] ? only : null;

    /// <summary>Whether these instructions say just this.</summary>
    public bool IsIn(IReadOnlyList<Instruction> instructions) => !IsSaid && (Publication with { Trims = false }).Instructions.All(one => instructions.Any(one.IsSame));

    /// <summary>What the plan shows.</summary>
    public IEnumerable<string> Describe()
    {
        if (CreatesBuffer)
        {
            yield return $"create a buffer for the {Name} at {Sight.BufferAt.Address} ({Sight.Document.Packed.Length:N0} bytes, {Money.Sol(BufferMissing)} of rent)";
        }

        if (Chunks.Count > 0)
        {
            yield return $"write {Chunks.Count:N0} {(CreatesBuffer ? "chunks" : "missing chunks")} into it, then read it back and compare every byte";
        }

        if (HandsOver)
        {
            yield return $"hand it over to {Publication.Authority}";
        }

        if (!IsSaid && Sight.InProposal != InProposal.Made)
        {
            var rent = Missing > 0 ? $" ({Money.Sol(Missing)} of rent)" : "";
            yield return Sight.InProposal == InProposal.Next ? $"propose with the upgrade that the {Name} is published at {Sight.Account}{rent}"
                : IsExported ? $"export what {Publication.Authority} has to sign so that the {Name} is published at {Sight.Account}{rent}"
                : $"{(Sight.Space == 0 ? "publish" : "update")} the {Name} at {Sight.Account}{rent}";
        }
    }

    public DeployCosts Costs(ulong price, ulong highest)
    {
        var (fee, feeHighest) = (Fee(price), Fee(highest));
        var spent = BufferMissing + Missing;
        return new DeployCosts
        {
            Rent = Missing + (IsExported ? BufferMissing : 0),
            Fee = fee,
            FeeHighest = feeHighest,
            Peak = spent + feeHighest,
            Net = (long)(spent + fee) - (long)Refund,
            Refund = Refund,
        };
    }

    /// <summary>The most compute units that so many instructions of program-metadata use.</summary>
    public static uint Units(int instructions) => Math.Min(MostUnits, UnitsOfInstruction * (uint)instructions);

    private ulong Fee(ulong price)
    {
        if (IsSaid)
        {
            return 0;
        }

        var signatures = Publication.Authority == Publication.Payer ? 1 : 2;
        return (ulong)Chunks.Count * Money.Fee(Writer == Publication.Payer ? 1 : 2, price, WriteUnits)
            + (CreatesBuffer ? Money.Fee(1, price, Units(2 + (Sight.Document.Packed.Length / MetadataProgram.MaxGrowth) + 1)) : 0)
            + (HandsOver ? Money.Fee(1, price, Units(1)) : 0)
            + (!IsExported ? Money.Fee(signatures, price, Units(Publication.Instructions.Count + 1)) : Missing > 0 ? Money.Fee(1, price, Units(1)) : 0);
    }

    /// <summary>Whether the document needs no buffer.</summary>
    private static bool Fits(Address payer, Address account, MetadataPublication publication) =>
        publication.Document.Packed.Length < Transaction.MaxSize && SizeOf(payer, [SystemProgram.Transfer(payer, account, 0), .. publication.Instructions]) <= Transaction.MaxSize;

    /// <summary>The same at every price, so that a run that continues another finds the same grid.</summary>
    private static int ChunkSize(Address payer, Address buffer, Address writer) =>
        Transaction.MaxSize - SizeOf(payer, [MetadataProgram.Write(buffer, writer, 0, ReadOnlyMemory<byte>.Empty)]) - 1; // the length of the data takes a second byte

    private static int SizeOf(Address payer, IReadOnlyList<Instruction> instructions) =>
        Transaction.Unsigned(Message.Compile(payer, [ComputeBudgetProgram.SetComputeUnitLimit(0), ComputeBudgetProgram.SetComputeUnitPrice(0), .. instructions], default)).Size;
}

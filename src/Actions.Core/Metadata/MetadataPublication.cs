using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Core.Metadata;

/// <summary>What the upgrade authority signs so that a program says something: for a transaction, an export, or a proposal. Pure.</summary>
/// <param name="Authority">The upgrade authority, or whom the account names besides.</param>
/// <param name="Payer">Gets back what is not needed any more; the rent for what grows must be there already.</param>
/// <param name="Space">Of the account; zero where there is none yet.</param>
/// <param name="Buffer">What holds the document, and who may close it; null when the document is part of the instruction.</param>
/// <param name="Trims">Whether the account will hold more than its rent.</param>
public sealed record MetadataPublication(
    Address Program, Address Authority, Address Payer, MetadataDocument Document, int Space, (Address Address, Address Authority)? Buffer, bool Trims)
{
    private readonly Address account = MetadataProgram.Canonical(Program, Document.Seed);
    private readonly Address programData = LoaderProgram.ProgramDataAddress(Program);

    /// <summary>The same, whatever somebody may have sent to the account.</summary>
    public MetadataPublication WithTrim() => this with { Trims = true };

    /// <summary>Everything at once: before it readers see the old text, after it the new one.</summary>
    public IReadOnlyList<Instruction> Instructions => [.. Parts().Select(part => part.Instruction)];

    /// <summary>The same for a vault: all that one transaction of it does can let an account grow by no more than one instruction can.</summary>
    /// <remarks>https://github.com/anza-xyz/agave, program-runtime/src/cpi.rs: the growth counts from where the outermost program began.</remarks>
    public IReadOnlyList<IReadOnlyList<Instruction>> Portions
    {
        get
        {
            List<List<Instruction>> portions = [[]];
            var grown = 0;
            foreach (var (instruction, growth) in Parts())
            {
                if (grown + growth > MetadataProgram.MaxGrowth)
                {
                    portions.Add([]);
                    grown = 0;
                }

                portions[^1].Add(instruction);
                grown += growth;
            }

            return portions;
        }
    }

    /// <summary>One instruction for every 10 KiB.</summary>
    internal static IEnumerable<(Instruction Instruction, int Growth)> Grow(int by, Func<ushort, Instruction> extend)
    {
        for (var left = by; left > 0; left -= MetadataProgram.MaxGrowth)
        {
            var part = Math.Min(left, MetadataProgram.MaxGrowth);
            yield return (extend((ushort)part), part);
        }
    }

    private IEnumerable<(Instruction Instruction, int Growth)> Parts() =>
    [
        .. Buffer is { } buffer ? FromBuffer(buffer.Address, buffer.Authority) : [Inline()],
        .. Trims ? [(MetadataProgram.Trim(account, Authority, Program, programData, Payer), 0)] : Array.Empty<(Instruction, int)>(),
    ];

    private (Instruction, int) Inline() => Space == 0
        ? (Initialize(Document.Packed), Document.Size)
        : (MetadataProgram.SetData(account, Authority, null, Program, programData, MetadataForm.Json, Document.Packed), Math.Max(0, Document.Size - Space));

    private IEnumerable<(Instruction Instruction, int Growth)> FromBuffer(Address buffer, Address owner)
    {
        // An account that is new needs a first byte; nobody ever sees it.
        var start = Space == 0 ? MetadataProgram.HeaderSize + 1 : Space;
        return
        [
            .. Space == 0 ? [(Initialize(Document.Packed[..1]), start)] : Array.Empty<(Instruction, int)>(),
            .. Grow(Document.Size - start, part => MetadataProgram.Extend(account, Authority, Program, programData, part)),
            (MetadataProgram.SetData(account, Authority, buffer, Program, programData, MetadataForm.Json, null), 0),
            (MetadataProgram.Close(buffer, owner, null, null, Payer), 0),
        ];
    }

    private Instruction Initialize(ReadOnlyMemory<byte> content) =>
        MetadataProgram.Initialize(account, Authority, Program, programData, Document.Seed, MetadataForm.Json, content);
}

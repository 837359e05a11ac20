using System.Security.Cryptography;
using System.Text;
using Actions.Core.Solana;

namespace Actions.Core.Metadata;

/// <summary>The buffer in which a document that is too long for one transaction is put together. Only public values go in: any run finds it again.</summary>
/// <param name="Seed">Of its address, which is the payer's own under the program.</param>
public sealed record MetadataBuffer(Address Address, string Seed)
{
    /// <param name="authority">Who signs the publication.</param>
    public static MetadataBuffer Of(Address program, Address payer, Address authority, MetadataDocument document)
    {
        byte[] identity =
        [
            .. "solana-actions/metadata-buffer/1"u8, .. program.ToArray(), .. authority.ToArray(), .. SHA256.HashData(Encoding.UTF8.GetBytes(document.Seed)),
            .. SHA256.HashData(document.Packed.Span),
        ];
        var seed = Convert.ToHexStringLower(SHA256.HashData(identity))[..MetadataProgram.SeedSize];
        return new MetadataBuffer(MetadataProgram.NonCanonical(program, payer, seed), seed);
    }

    /// <summary>Makes it as long as the document at once, so that its parts can be written in any order. Its rent must be there already.</summary>
    public IReadOnlyList<Instruction> Create(Address program, Address payer, MetadataDocument document) =>
    [
        MetadataProgram.Allocate(Address, payer, program, null, Seed),
        .. MetadataPublication.Grow(document.Packed.Length, part => MetadataProgram.Extend(Address, payer, null, null, part)).Select(part => part.Instruction),
    ];
}

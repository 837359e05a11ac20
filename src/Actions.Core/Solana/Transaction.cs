using System.Diagnostics.CodeAnalysis;

namespace Actions.Core.Solana;

/// <summary>A message with the signatures it needs.</summary>
public sealed class Transaction
{
    /// <summary>What fits into one packet; the cluster takes nothing longer.</summary>
    public const int MaxSize = 1232;

    private Transaction(Message message, Signature[] signatures) => (Message, Signatures) = (message, signatures);

    public Message Message { get; }

    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>The fee payer's signature, which names the transaction.</summary>
    public Signature Signature => Signatures[0];

    public int Size => ByteWriter.CompactSize(Signatures.Count) + (Signatures.Count * Signature.Size) + Message.Bytes.Length;

    /// <summary>Zeros for signatures: for simulation with signature checks off, and for measuring.</summary>
#pragma warning disable CA1720 // here the word means what it says
    public static Transaction Unsigned(Message message) => new(message, new Signature[message.Signers.Count]);
#pragma warning restore CA1720

    public static async Task<Transaction> SignAsync(Message message, IReadOnlyList<ISigner> signers, CancellationToken cancellation) =>
        (await SignAllAsync([message], signers, cancellation))[0];

    /// <summary>Signs many messages with one call per signer, because a remote signer is paid in round trips.</summary>
    /// <remarks>Signers that no message needs are not called; a message that lacks a signer is a bug of the caller.</remarks>
    public static async Task<Transaction[]> SignAllAsync(
        IReadOnlyList<Message> messages,
        IReadOnlyList<ISigner> signers,
        CancellationToken cancellation)
    {
        var signatures = messages.Select(message => new Signature[message.Signers.Count]).ToArray();
        foreach (var (address, places) in Places(messages))
        {
            var signer = signers.FirstOrDefault(candidate => candidate.Address == address)
                ?? throw new ArgumentException($"There is no signer for {address}.", nameof(signers));
            var made = await signer.SignAsync([.. places.Select(place => messages[place.Message].Bytes)], cancellation);
            if (made.Length != places.Count)
            {
                throw new InvalidOperationException($"The signer for {address} made {made.Length} signatures of {places.Count}.");
            }

            for (var i = 0; i < made.Length; i++)
            {
                signatures[places[i].Message][places[i].Index] = made[i];
            }
        }

        return [.. messages.Select((message, i) => new Transaction(message, signatures[i]))];
    }

    /// <summary>Reads what <see cref="Serialize"/> and the cluster write; false on anything else.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Transaction? transaction)
    {
        transaction = null;
        var reader = new ByteReader(bytes);
        if (!reader.CompactU16(out var count) || !reader.Bytes(count * Signature.Size, out var signatures))
        {
            return false;
        }

        var message = bytes[(ByteWriter.CompactSize(count) + signatures.Length)..];
        if (!Message.TryParse(message, out var parsed) || parsed.Signers.Count != count)
        {
            return false;
        }

        transaction = new Transaction(parsed, [.. Enumerable.Range(0, count).Select(i => At(signatures, i))]);
        return true;
    }

    public byte[] Serialize()
    {
        var bytes = new byte[Size];
        var writer = new ByteWriter(bytes);
        writer.CompactU16(Signatures.Count);
        foreach (var signature in Signatures)
        {
            writer.Bytes(signature.Bytes);
        }

        writer.Bytes(Message.Bytes.Span);
        return bytes;
    }

    private static Signature At(ReadOnlyMemory<byte> signatures, int index) =>
        new(signatures.Span.Slice(index * Signature.Size, Signature.Size));

    private static Dictionary<Address, List<(int Message, int Index)>> Places(IReadOnlyList<Message> messages)
    {
        var places = new Dictionary<Address, List<(int Message, int Index)>>();
        for (var i = 0; i < messages.Count; i++)
        {
            for (var j = 0; j < messages[i].Signers.Count; j++)
            {
                var address = messages[i].Signers[j];
                if (!places.TryGetValue(address, out var list))
                {
                    places.Add(address, list = []);
                }

                list.Add((i, j));
            }
        }

        return places;
    }
}

using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Tests.Fleet;

/// <content>What is said about programs, and what the node remembers.</content>
internal sealed partial class MemoryChain
{
    /// <summary>Transactions of one instruction each, oldest first.</summary>
    public List<(ulong Slot, Instruction Instruction)> History { get; } = [];

    /// <summary>Says what a program was built from, as otter-verify does.</summary>
    /// <param name="slot">When it is written.</param>
    /// <param name="deploySlot">What it says itself; by default when it is written.</param>
    public void Claim(Address program, Address uploader, string repository, string commit, ulong slot, ulong? deploySlot = null)
    {
        var write = OtterProgram.Initialize(program, uploader, new BuildClaim("0.4.12", repository, commit, [], deploySlot ?? slot));
        History.Add((slot, write));
        Accounts[OtterProgram.ClaimAddress(program, uploader)] = new MemoryAccount(
            OtterProgram.Id, [.. AnchorDiscriminator.OfAccount("BuildParams"), .. program.ToArray(), .. uploader.ToArray(), .. write.Data.Span[AnchorDiscriminator.Size..], 255]);
    }

    /// <summary>Publishes an IDL where program-metadata keeps it, as it is.</summary>
    public void Publish(Address program, string idl)
    {
        var content = Encoding.UTF8.GetBytes(idl);
        var header = new byte[MetadataProgram.HeaderSize];
        header[0] = 2;
        program.ToArray().CopyTo(header, 1);
        (header[65], header[66]) = (1, 1);
        Encoding.UTF8.GetBytes(MetadataDocument.Idl).CopyTo(header, 67);
        ((byte[])[(byte)MetadataEncoding.Utf8, (byte)MetadataCompression.None, (byte)MetadataFormat.Json, (byte)MetadataSource.Direct]).CopyTo(header, 83);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(87), content.Length);
        Accounts[MetadataProgram.Canonical(program, MetadataDocument.Idl)] = new MemoryAccount(MetadataProgram.Id, [.. header, .. content]);
    }

    /// <summary>Publishes an IDL where Anchor kept it before.</summary>
    public void PublishLegacy(Address program, string idl)
    {
        var content = MetadataContent.Pack(idl);
        Accounts[LegacyIdl.AddressOf(program)] = new MemoryAccount(
            program, [.. AnchorDiscriminator.Of("internal:IdlAccount"), .. new byte[32], .. BitConverter.GetBytes(content.Length), .. content, .. new byte[500]]);
    }

    private void Signatures(Utf8JsonWriter json, Address address)
    {
        json.WriteStartArray();
        var own = History.Index().Where(entry => entry.Item.Instruction.Accounts.Any(account => account.Address == address)).Select(entry => (entry.Item.Slot, Signature: SignatureOf(entry.Index)));
        foreach (var (slot, signature) in (LastSlots.TryGetValue(address, out var last) ? [(last, SignatureOf(-1))] : own).OrderByDescending(entry => entry.Slot))
        {
            json.WriteStartObject();
            json.WriteString("signature", signature);
            json.WriteNumber("slot", slot);
            json.WriteNull("err");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Transaction(Utf8JsonWriter json, string signature)
    {
        var (slot, instruction) = History[Enumerable.Range(0, History.Count).Single(index => SignatureOf(index) == signature)];
        List<Address> keys = [.. instruction.Accounts.Select(account => account.Address).Append(instruction.Program).Distinct()];
        json.WriteRawValue($$"""
            { "slot": {{slot}}, "meta": { "err": null, "innerInstructions": [] }, "transaction": { "message": {
              "accountKeys": [{{string.Join(',', keys.Select(key => $"\"{key}\""))}}],
              "instructions": [{ "programIdIndex": {{keys.IndexOf(instruction.Program)}}, "accounts": [{{string.Join(',', instruction.Accounts.Select(account => keys.IndexOf(account.Address)))}}],
                "data": "{{Base58.Encode(instruction.Data.Span)}}" }] } } }
            """);
    }

    private static string SignatureOf(int index) => new Signature([.. BitConverter.GetBytes(index), .. new byte[60]]).ToString();
}

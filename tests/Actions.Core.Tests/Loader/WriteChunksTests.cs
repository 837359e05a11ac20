using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Loader;

public sealed class WriteChunksTests
{
    private static readonly Address Payer = Some.Address(1);
    private static readonly Address Buffer = Some.Address(2);
    private static readonly Address Other = Some.Address(3);
    private static readonly Instruction Price = ComputeBudgetProgram.SetComputeUnitPrice(ulong.MaxValue);
    private static readonly Instruction Limit = ComputeBudgetProgram.SetComputeUnitLimit(3000);

    public static TheoryData<int, bool, int> Sizes => new()
    {
        { 0, true, 1012 }, { 1, true, 968 }, { 2, true, 960 },
        { 0, false, 916 }, { 1, false, 872 }, { 2, false, 864 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_chunk_fills_a_transaction_to_the_last_byte(int budgetInstructions, bool payerIsAuthority, int expected)
    {
        var authority = payerIsAuthority ? Payer : Other;
        Instruction[] before = [.. new[] { Price, Limit }.Take(budgetInstructions)];

        var length = WriteChunks.MaxLength(Payer, Buffer, authority, before);

        length.ShouldBe(expected);
        Size(length).ShouldBe(Transaction.MaxSize);
        Size(length + 1).ShouldBeGreaterThan(Transaction.MaxSize);

        int Size(int bytes)
        {
            var write = LoaderProgram.Write(Buffer, authority, uint.MaxValue, new byte[bytes]);
            return Transaction.Unsigned(Message.Compile(Payer, [.. before, write], Some.Blockhash(1))).Serialize().Length;
        }
    }

    [Fact]
    public void Writing_the_chunks_makes_the_buffer_equal_to_the_file() => Prop.ForAll<byte[], byte[], int>((file, noise, size) =>
    {
        byte Flip(int i) => noise.Length == 0 || noise[i % noise.Length] % 3 != 0 ? (byte)0 : noise[i % noise.Length];
        var buffer = file.Select((value, i) => (byte)(value ^ Flip(i))).ToArray();
        var chunkSize = Math.Abs(size % 20) + 1;
        return Repairs(file, buffer, chunkSize) && Repairs(file, [], chunkSize);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Zeros_are_not_written_into_a_fresh_buffer()
    {
        byte[] file = [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 8, 9, 0, 0, 0];

        WriteChunks.Plan(file, [], 4).ShouldBe([new WriteChunk(0, 4), new WriteChunk(8, 4)]);
        WriteChunks.Plan(new byte[5000], [], 1012).ShouldBeEmpty();
        WriteChunks.Plan([], [], 1012).ShouldBeEmpty();
    }

    [Fact]
    public void A_complete_buffer_needs_nothing()
    {
        var file = Some.Bytes(1, 10_000);

        WriteChunks.Plan(file, file, 1012).ShouldBeEmpty();
    }

    [Fact]
    public void Stale_bytes_where_the_file_has_zeros_are_overwritten()
    {
        var file = new byte[3000];
        var buffer = new byte[3000];
        buffer[1500] = 1;

        WriteChunks.Plan(file, buffer, 1012).ShouldBe([new WriteChunk(1012, 1012)]);
    }

    [Fact]
    public void Resuming_after_any_interruption_writes_no_more_than_was_missing()
    {
        var file = Some.Bytes(1, 50_000);
        var planned = WriteChunks.Plan(file, [], 1012);
        for (var missing = 0; missing < planned.Count; missing++)
        {
            var buffer = file.ToArray();
            buffer.AsSpan(planned[missing].Offset, planned[missing].Length).Clear();

            WriteChunks.Plan(file, buffer, 960).Count.ShouldBeLessThanOrEqualTo(3);
            WriteChunks.Plan(file, buffer, 1012).Count.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("spl_token_2022", 609)]
    [InlineData("spl_token", 100)]
    public void A_real_program_takes_one_write_for_each_piece_of_the_grid_that_is_not_zero(string name, int expected)
    {
        var file = TestPrograms.Read(name);

        WriteChunks.Plan(file, [], 1012).Count.ShouldBe(expected);
    }

    [Fact]
    public void A_buffer_of_another_length_is_a_bug_of_the_caller() =>
        Should.Throw<ArgumentException>(() => WriteChunks.Plan(new byte[10], new byte[11], 5));

    private static bool Repairs(byte[] file, byte[] buffer, int chunkSize)
    {
        var written = buffer.Length == 0 ? new byte[file.Length] : buffer.ToArray();
        var end = 0;
        foreach (var chunk in WriteChunks.Plan(file, buffer, chunkSize))
        {
            if (chunk.Offset < end || chunk.Length < 1 || chunk.Length > chunkSize || written.AsSpan(chunk.Offset, chunk.Length).SequenceEqual(file.AsSpan(chunk.Offset, chunk.Length)))
            {
                return false;
            }

            file.AsSpan(chunk.Offset, chunk.Length).CopyTo(written.AsSpan(chunk.Offset));
            end = chunk.Offset + chunk.Length;
        }

        return written.AsSpan().SequenceEqual(file);
    }
}

using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

public sealed class MessageTests
{
    private static readonly Address Payer = Some.Address(1);
    private static readonly Address Program = Some.Address(2);

    [Fact]
    public void The_payer_comes_first_and_equal_roles_are_ordered_by_bytes()
    {
        var accounts = Enumerable.Range(10, 40).Select(Some.Address).ToArray();
        var metas = accounts.Select((address, i) => new AccountMeta(address, i % 4 >= 2, i % 2 == 1)).ToArray();

        var message = Message.Compile(Payer, [new Instruction(Program, metas, default)], default);

        message.FeePayer.ShouldBe(Payer);
        message.Signers.Count.ShouldBe(21);
        var roles = message.Accounts.Skip(1).Select((address, i) => (Role: Role(message, i + 1), Address: address)).ToArray();
        roles.ShouldBe(roles.OrderByDescending(account => account.Role).ThenBy(account => account.Address));
    }

    [Fact]
    public void An_account_named_twice_is_listed_once_with_its_strongest_role()
    {
        var account = Some.Address(3);
        var message = Message.Compile(
            Payer,
            [
                new Instruction(
                    Program, [AccountMeta.ReadOnly(account), AccountMeta.Signer(account), AccountMeta.ReadOnly(Payer)], default),
                new Instruction(Program, [AccountMeta.Writable(account)], default),
            ],
            default);

        message.Accounts.ShouldBe([Payer, account, Program]);
        message.Header.ShouldBe(new MessageHeader(2, 0, 1));
        message.Instructions[0].Accounts.ToArray().ShouldBe(new byte[] { 1, 1, 0 });
    }

    [Fact]
    public void The_order_in_which_accounts_are_named_does_not_matter()
    {
        var metas = Enumerable.Range(10, 9).Select(i => AccountMeta.Writable(Some.Address(i))).ToArray();

        var one = Message.Compile(Payer, [new Instruction(Program, metas, default)], default);
        var other = Message.Compile(Payer, [new Instruction(Program, [.. metas.Reverse()], default)], default);

        other.Accounts.ShouldBe(one.Accounts);
    }

    [Fact]
    public void A_payer_that_is_called_as_a_program_and_too_many_accounts_are_bugs_of_the_caller()
    {
        var many = Enumerable.Range(10, 255).Select(i => AccountMeta.ReadOnly(Some.Address(i))).ToArray();

        Should.Throw<ArgumentException>(() => Message.Compile(Payer, [new Instruction(Payer, [], default)], default));
        Should.Throw<ArgumentException>(() => Message.Compile(Payer, [new Instruction(Program, many, default)], default));
        Message.Compile(Payer, [new Instruction(Program, many[1..], default)], default).Accounts.Count.ShouldBe(256);
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "8001")]
    [InlineData(16383, "ff7f")]
    [InlineData(16384, "808001")]
    [InlineData(65535, "ffff03")]
    public void Lengths_take_as_many_bytes_as_they_need(int value, string hex)
    {
        var bytes = new byte[ByteWriter.CompactSize(value)];
        new ByteWriter(bytes).CompactU16(value);
        var reader = new ByteReader(bytes);

        bytes.ShouldBe(Convert.FromHexString(hex));
        reader.CompactU16(out var read).ShouldBeTrue();
        read.ShouldBe(value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("8000")]
    [InlineData("808000")]
    [InlineData("ffff04")]
    [InlineData("808080")]
    [InlineData("80808001")]
    public void A_length_that_the_cluster_refuses_is_refused(string hex) =>
        new ByteReader(Convert.FromHexString(hex)).CompactU16(out _).ShouldBeFalse();

    [Fact]
    public void Damaged_messages_are_refused_or_read_but_never_thrown_at()
    {
        var samples = new[] { Sample(Message.Compile), Sample(Message.CompileV0), WithLookups() };
#pragma warning disable CA5394 // reproducible on purpose
        var random = new Random(20);
        var read = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var bytes = samples[i % samples.Length].ToArray();
            for (var j = random.Next(4); j >= 0; j--)
            {
                bytes[random.Next(10) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 8))] = (byte)random.Next(256);
            }

            Array.Resize(ref bytes, random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length);
            if (Message.TryParse(bytes, out var message))
            {
                message.Serialize().ShouldBe(bytes);
                read++;
            }
        }
#pragma warning restore CA5394

        read.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData(0, 0)] // no signature at all
    [InlineData(0, 9)] // more signatures than accounts
    [InlineData(1, 2)] // no writable signer to pay
    [InlineData(2, 200)] // more read-only accounts than accounts
    [InlineData(0, 0x81)] // a version that does not exist
    public void A_header_that_the_cluster_refuses_is_refused(int offset, byte value)
    {
        var bytes = Sample(Message.Compile);
        bytes[offset] = value;

        Message.TryParse(bytes, out _).ShouldBeFalse();
    }

    [Fact]
    public void Trailing_bytes_are_refused() =>
        Message.TryParse((byte[])[.. Sample(Message.Compile), 0], out _).ShouldBeFalse();

    private static byte[] Sample(Func<Address, IReadOnlyList<Instruction>, Blockhash, Message> compile) => compile(
        Payer,
        [
            ComputeBudgetProgram.SetComputeUnitLimit(3000),
            new Instruction(Program, [AccountMeta.Signer(Some.Address(3)), AccountMeta.Writable(Some.Address(4))], Some.Bytes(5, 40)),
        ],
        Some.Blockhash(6)).Serialize();

    private static byte[] WithLookups()
    {
        Message.TryParse(Sample(Message.CompileV0), out var plain).ShouldBeTrue();
        AddressLookup[] lookups =
        [
            new(Some.Address(8), new byte[] { 3 }, new byte[] { 1, 2 }),
            new(Some.Address(9), default, new byte[] { 0 }),
        ];
        CompiledInstruction[] instructions = [.. plain!.Instructions, new(4, new byte[] { 0, 5, 8 }, default)];
        return new Message(plain.Version, plain.Header, plain.Accounts, plain.Blockhash, instructions, lookups).Serialize();
    }

    private static int Role(Message message, int i) => (message.IsSigner(i) ? 2 : 0) + (message.IsWritable(i) ? 1 : 0);
}

using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Solana;

public sealed class TransactionTests : IDisposable
{
    private readonly CountingSigner payer = new();
    private readonly CountingSigner authority = new();

    public void Dispose()
    {
        payer.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task Signatures_stand_in_the_order_of_the_signers_and_the_payers_names_the_transaction()
    {
        var message = Write(0);

        var transaction = await Transaction.SignAsync(message, [authority, payer], CancellationToken.None);

        transaction.Signature.ShouldBe(transaction.Signatures[0]);
        Ed25519.Verify(payer.Address, message.Serialize(), transaction.Signatures[0]).ShouldBeTrue();
        Ed25519.Verify(authority.Address, message.Serialize(), transaction.Signatures[1]).ShouldBeTrue();
        transaction.Serialize().ShouldBe(
            [2, .. transaction.Signatures[0].ToArray(), .. transaction.Signatures[1].ToArray(), .. message.Serialize()]);
        transaction.Size.ShouldBe(transaction.Serialize().Length);
    }

    [Fact]
    public async Task A_batch_calls_each_signer_once_and_only_for_what_it_signs()
    {
        var alone = Message.Compile(payer.Address, [ComputeBudgetProgram.SetComputeUnitLimit(1)], default);

        var transactions = await Transaction.SignAllAsync([Write(0), alone, Write(1)], [payer, authority], CancellationToken.None);

        (payer.Calls, payer.Messages).ShouldBe((1, 3));
        (authority.Calls, authority.Messages).ShouldBe((1, 2));
        foreach (var transaction in transactions)
        {
            for (var i = 0; i < transaction.Signatures.Count; i++)
            {
                Ed25519.Verify(transaction.Message.Signers[i], transaction.Message.Serialize(), transaction.Signatures[i]).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task A_signer_that_nothing_needs_is_not_called()
    {
        var alone = Message.Compile(payer.Address, [ComputeBudgetProgram.SetComputeUnitLimit(1)], default);

        await Transaction.SignAsync(alone, [payer, authority, payer], CancellationToken.None);

        authority.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_missing_signer_is_a_bug_of_the_caller() =>
        (await Should.ThrowAsync<ArgumentException>(() => Transaction.SignAsync(Write(0), [payer], CancellationToken.None)))
            .Message.ShouldContain(authority.Address.ToString());

    [Fact]
    public async Task What_was_written_is_read_back()
    {
        var transaction = await Transaction.SignAsync(Write(7), [payer, authority], CancellationToken.None);

        Transaction.TryParse(transaction.Serialize(), out var read).ShouldBeTrue();

        read.Signatures.ShouldBe(transaction.Signatures);
        read.Message.Serialize().ShouldBe(transaction.Message.Serialize());
        Transaction.TryParse(transaction.Serialize().AsMemory(1), out _).ShouldBeFalse();
        Transaction.TryParse(Array.Empty<byte>(), out _).ShouldBeFalse();
    }

    [Fact]
    public void An_unsigned_transaction_has_room_for_its_signatures()
    {
        var transaction = Transaction.Unsigned(Write(0));

        transaction.Signatures.ShouldBe([default, default]);
        transaction.Serialize()[..129].ShouldBe([2, .. new byte[128]]);
    }

    private Message Write(uint offset) => Message.Compile(
        payer.Address,
        [LoaderProgram.Write(Some.Address(1), authority.Address, offset, Some.Bytes(3, 100))],
        Some.Blockhash(2));

    private sealed class CountingSigner : ISigner, IDisposable
    {
        private readonly LocalSigner signer = LocalSigner.Generate();

        public int Calls { get; private set; }

        public int Messages { get; private set; }

        public Address Address => signer.Address;

        public ValueTask<Signature[]> SignAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellation)
        {
            Calls++;
            Messages += messages.Count;
            return signer.SignAsync(messages, cancellation);
        }

        public void Dispose() => signer.Dispose();
    }
}

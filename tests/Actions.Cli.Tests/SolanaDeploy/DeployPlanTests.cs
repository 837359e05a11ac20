using Actions.Cli.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Properties of every plan, over states that chance makes; a failure names its seed.</summary>
public sealed class DeployPlanTests
{
    private const int Cases = 1_500;
    private const ulong Slot = 1_000;

    [Fact]
    public void A_plan_ends_with_what_it_is_for()
    {
        ForAll((request, state, plan) =>
        {
            var isDone = IsDone(request, state);
            var steps = plan.Steps.Where(step => step is not (DeployStep.ReclaimBuffer or DeployStep.MakeImmutable)).ToList();
            if (isDone)
            {
                steps.ShouldAllBe(step => step is DeployStep.CloseBuffer);
            }
            else if (request.Mode == DeployMode.Buffer)
            {
                steps.ShouldNotContain(step => step is DeployStep.Upgrade || step is DeployStep.FirstDeploy || step is DeployStep.Extend);
            }
            else if (state.Program is ProgramState.Deployed)
            {
                steps[^1].ShouldBeOfType<DeployStep.Upgrade>();
            }
            else
            {
                steps[^1].ShouldBeOfType<DeployStep.FirstDeploy>();
            }
        });
    }

    [Fact]
    public void Steps_come_in_the_only_safe_order()
    {
        ForAll((_, _, plan) =>
        {
            int At<T>() => plan.Steps.ToList().FindIndex(step => step is T);
            Type[] order =
            [
                typeof(DeployStep.ReclaimBuffer), typeof(DeployStep.CreateBuffer), typeof(DeployStep.Write), typeof(DeployStep.Extend), typeof(DeployStep.HandOver),
                typeof(DeployStep.Upgrade), typeof(DeployStep.FirstDeploy), typeof(DeployStep.CloseBuffer), typeof(DeployStep.MakeImmutable),
            ];
            plan.Steps.Select(step => Array.IndexOf(order, step.GetType())).ShouldBeInOrder();
            plan.Steps.Where(step => step is not DeployStep.ReclaimBuffer).GroupBy(step => step.GetType()).ShouldAllBe(same => same.Count() == 1);
            if (At<DeployStep.CreateBuffer>() >= 0)
            {
                At<DeployStep.Write>().ShouldBeGreaterThan(0);
            }
        });
    }

    [Fact]
    public void The_peak_covers_every_moment_and_the_net_is_what_is_gone_in_the_end()
    {
        ForAll((request, state, plan) =>
        {
            var highest = request.PriorityFee is PriorityFee.Fixed { MicroLamports: var price } ? price : request.MaxPriorityFee;
            foreach (var debit in Replay(request, state, plan, highest))
            {
                debit.ShouldBeLessThanOrEqualTo((long)plan.Costs.Peak);
            }

            Replay(request, state, plan, state.Price).Last().ShouldBe(plan.Costs.Net);
            plan.Costs.FeeHighest.ShouldBeGreaterThanOrEqualTo(plan.Costs.Fee);
        });
    }

    [Fact]
    public void A_plan_that_was_carried_out_leaves_nothing_to_do()
    {
        ForAll((request, state, plan) =>
        {
            if (request.MakeImmutable)
            {
                return;
            }

            var file = request.Binary.Bytes;
            var after = state with
            {
                ToReclaim = [],
                Program = request.Mode == DeployMode.Buffer ? state.Program
                    : state.Program is ProgramState.Deployed running ? running with { Data = Padded(file, Math.Max(running.Data.Length, file.Length + 10_240)) }
                    : new ProgramState.Deployed(Slot, request.UpgradeAuthority.Address, file, 1),
                Buffer = request.Mode == DeployMode.Buffer ? new BufferState.Ours(request.BufferAuthority, file, 1) : new BufferState.Missing(0),
            };
            var again = DeployPlan.Make(request, after);
            again.IsOk.ShouldBeTrue();
            again.Value.Steps.ShouldBeEmpty();
            again.Value.Costs.Peak.ShouldBe(0UL);
        });
    }

    [Fact]
    public void One_lamport_less_than_peak_and_rent_is_refused_and_that_much_is_enough()
    {
        ForAll((request, state, plan) =>
        {
            if (plan.Costs.Peak == 0)
            {
                return;
            }

            var reclaimed = state.ToReclaim.Aggregate(0UL, (sum, buffer) => sum + buffer.Lamports);
            var needed = plan.Costs.Peak + state.Rents.Empty;
            if (needed <= reclaimed)
            {
                return;
            }

            DeployPlan.Make(request, state with { PayerLamports = needed - reclaimed }).IsOk.ShouldBeTrue();
            var poor = DeployPlan.Make(request, state with { PayerLamports = needed - reclaimed - 1 });
            poor.IsOk.ShouldBeFalse();
            poor.Faults.ShouldContain(fault => fault.Code.Name == "balance");
            DeployPlan.Make(request with { MaxSpend = plan.Costs.Peak }, state).IsOk.ShouldBeTrue();
            DeployPlan.Make(request with { MaxSpend = plan.Costs.Peak - 1 }, state).Faults.ShouldContain(fault => fault.Code.Name == "spend-cap");
        });
    }

    private static void ForAll(Action<DeployRequest, DeployState, DeployPlan> property)
    {
        for (var seed = 1; seed <= Cases; seed++)
        {
            var (request, state) = Some(new Chance(seed));
            var plan = DeployPlan.Make(request, state);
            try
            {
                plan.IsOk.ShouldBeTrue(string.Join('\n', plan.Faults.Select(fault => fault.Message)));
                property(request, state, plan.Value);
            }
            catch (ShouldAssertException failed)
            {
                throw new ShouldAssertException($"seed {seed}: {request.Mode} {state.Program} {state.Buffer}\n{string.Join('\n', plan.IsOk ? plan.Value.Steps : [])}\n{failed.Message}");
            }
        }
    }

    /// <summary>The payer's debit after each transaction of a plan, by a small model of the loader.</summary>
    private static IEnumerable<long> Replay(DeployRequest request, DeployState state, DeployPlan plan, ulong price)
    {
        var debit = 0L;
        var buffer = (long)(state.Buffer is BufferState.Ours ours ? ours.Lamports : ((BufferState.Missing)state.Buffer).Lamports);
        var data = (long)((state.Program as ProgramState.Deployed)?.Lamports ?? 0);
        var authority = request.UpgradeAuthority.Address == request.Payer.Address ? 0 : 1;
        long Fee(int signatures, uint limit = 20_000) => (5_000L * signatures) + (long)Math.Ceiling((decimal)price * limit / 1_000_000);
        var isFinalInside = plan.Steps.Any(step => step is DeployStep.Upgrade or DeployStep.FirstDeploy);
        foreach (var step in plan.Steps)
        {
            switch (step)
            {
                case DeployStep.ReclaimBuffer reclaim:
                    debit += Fee(1) - (long)reclaim.Buffer.Lamports;
                    break;
                case DeployStep.CreateBuffer create:
                    debit += Fee(1) + (long)create.Missing;
                    buffer += (long)create.Missing;
                    buffer.ShouldBeGreaterThanOrEqualTo((long)state.Rents.Buffer);
                    break;
                case DeployStep.Write write:
                    debit += write.Chunks * Fee(1, 3_000);
                    break;
                case DeployStep.Extend extend:
                    debit += Fee(1) + (long)extend.Lamports;
                    data += (long)extend.Lamports;
                    data.ShouldBeGreaterThanOrEqualTo((long)state.Rents.Capacity);
                    break;
                case DeployStep.HandOver:
                    debit += Fee(1);
                    break;
                case DeployStep.Upgrade:
                    debit += Fee(1 + authority) - (buffer + data - (long)state.Rents.Capacity);
                    break;
                case DeployStep.FirstDeploy first:
                    var held = (long)((ProgramState.Missing)state.Program).Lamports;
                    debit += Fee(2 + (first.IsSetAfterwards ? 0 : authority)) - buffer + Math.Max(0, (long)state.Rents.Program - held) + (long)state.Rents.ProgramData;
                    break;
                case DeployStep.CloseBuffer close:
                    debit += Fee(1) - (long)close.Lamports;
                    break;
                case DeployStep.MakeImmutable:
                    debit += isFinalInside ? 0 : Fee(1 + authority);
                    break;
                default:
                    throw new NotSupportedException(step.ToString());
            }

            yield return debit;
        }

        if (plan.Steps.Count == 0)
        {
            yield return 0;
        }
    }

    private static bool IsDone(DeployRequest request, DeployState state) => request.Mode == DeployMode.Buffer
        ? state.Buffer is BufferState.Ours ours && ours.Authority == request.BufferAuthority && ours.Data.Span.SequenceEqual(request.Binary.Bytes.Span)
        : state.Program is ProgramState.Deployed running && running.Runs(request.Binary);

    private static (DeployRequest Request, DeployState State) Some(Chance chance)
    {
        bool Maybe() => chance.Next(0, 2) == 0;
        ulong Rent(long size) => (ulong)(size + 128) * 5_080;
        var payer = new KeyInput.Signer(TestKey.From("plan payer").Signer, "test");
        var other = TestKey.From("plan authority");
        var binary = ProgramBinary.Read(Maybe() ? TestPrograms.Token : TestPrograms.LookupTable, "program").Value;
        var file = binary.Bytes;
        var exists = Maybe();
        KeyInput authority = chance.Next(0, 3) switch
        {
            0 => payer,
            1 => new KeyInput.Signer(other.Signer, "test"),
            _ => exists ? payer : new KeyInput.Named(TestKey.Pda("plan")),
        };
        var mode = chance.Next(0, 4) == 0 ? DeployMode.Buffer : DeployMode.Deploy;
        var program = TestKey.From("plan program");
        var request = new DeployRequest
        {
            Binary = binary,
            ProgramId = program.Address,
            ProgramKey = new KeyInput.Signer(program.Signer, "test"),
            Payer = payer,
            UpgradeAuthority = authority,
            BufferAuthority = authority.Address,
            Mode = mode,
            PriorityFee = Maybe() ? new PriorityFee.Auto() : new PriorityFee.Fixed((ulong)chance.Next(0, 50_000)),
            MakeImmutable = mode == DeployMode.Deploy && chance.Next(0, 5) == 0,
        };
        var price = request.PriorityFee is PriorityFee.Fixed { MicroLamports: var asked } ? asked : Maybe() ? 0 : (ulong)chance.Next(1, 100_000);
        var length = chance.Next(0, 3) switch { 0 => file.Length, 1 => file.Length + chance.Next(1, 50_000), _ => file.Length - chance.Next(1, 90_000) };
        var runs = chance.Next(0, 4) == 0 && length >= file.Length;
        var gift = Maybe() ? 0UL : (ulong)chance.Next(1, 2_000_000_000);
        ProgramState state = !exists ? new ProgramState.Missing(gift, 0)
            : new ProgramState.Deployed(Slot - 5, authority.Address, runs ? Padded(file, length) : new byte[length], Rent(45 + length) + gift);
        var finalAuthority = request.FinalAuthority(exists);
        var data = file.ToArray();
        if (Maybe())
        {
            data.AsSpan(chance.Next(0, data.Length)).Clear();
        }

        BufferState buffer = chance.Next(0, 3) switch
        {
            0 => new BufferState.Missing(0),
            1 => new BufferState.Missing((ulong)chance.Next(1, 2_000_000_000)),
            _ when Maybe() => new BufferState.Ours(payer.Address, data, Rent(37 + file.Length) + gift),
            _ => new BufferState.Ours(finalAuthority, file, Rent(37 + file.Length) + gift),
        };
        var capacity = !exists ? 0 : 45 + length + (length < file.Length ? Math.Max(file.Length - length, 10_240) : 0);
        return (request, new DeployState
        {
            Slot = Slot,
            Program = state,
            Buffer = buffer,
            BufferAddress = BufferAddress.Derive(payer.Address, request.ProgramId, finalAuthority, binary.Sha256.Span),
            PayerLamports = 100_000_000_000,
            Rents = new DeployRents(Rent(0), Rent(36), Rent(37 + file.Length), Rent(45 + file.Length), exists ? Rent(capacity) : 0),
            Price = price,
            IsVersionEnabled = true,
            ToReclaim = chance.Next(0, 4) != 0 ? [] : [new StaleBuffer(TestKey.From("plan stale").Address, 137, Rent(137), payer.Address, 1)],
        });
    }

    private static byte[] Padded(ReadOnlyMemory<byte> file, int length)
    {
        var bytes = new byte[length];
        file.Span.CopyTo(bytes);
        return bytes;
    }
}

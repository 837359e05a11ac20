using Actions.Core.Faults;
using Actions.Core.Loader;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Loader;

#pragma warning disable CA5394 // reproducible on purpose
public sealed class ElfFuzzTests
{
    private static readonly byte[] Interesting = [0, 1, 7, 8, 0x3f, 0x40, 0x7f, 0x80, 0xf8, 0xff];

    [Theory]
    [InlineData("spl_token")]
    [InlineData("address_lookup_table")]
    [InlineData("strict")]
    public void A_hostile_ELF_gets_a_verdict_and_never_an_exception(string name)
    {
        var sound = name == "strict" ? StrictElf.Make(new byte[64]) : TestPrograms.Read(name);
        var table = name == "strict" ? 64 : (int)BitConverter.ToUInt64(sound, 40);
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 4000; i++)
        {
            var file = Mutate(sound, table, random);
            var result = ProgramBinary.Read(file, "program");

            refused += result.IsOk ? 0 : 1;
            result.Faults.Count.ShouldBeLessThanOrEqualTo(1);
            result.Faults.ShouldAllBe(fault => fault.Code == FaultCodes.ElfInvalid || fault.Code == FaultCodes.ElfMachine);
            result.Faults.ShouldAllBe(fault => fault.Message.Length < 400);
        }

        refused.ShouldBeInRange(1000, 3999);
    }

    [Fact]
    public void Noise_behind_a_sound_header_gets_a_verdict()
    {
        var header = TestPrograms.Read("spl_token").AsSpan(0, 64).ToArray();
        for (var i = 0; i < 2000; i++)
        {
            byte[] file = [.. header, .. Some.Bytes(i, i)];
            StrictElf.U64(file, 40, (ulong)(64 + (i % 8 * 8)));

            ProgramBinary.Read(file, "program").IsOk.ShouldBeFalse();
        }
    }

    /// <summary>Damages the header and the tables, where the structure is, and sometimes cuts the file.</summary>
    private static byte[] Mutate(byte[] sound, int table, Random random)
    {
        var file = sound.ToArray();
        for (var j = random.Next(3); j >= 0; j--)
        {
            var (start, length) = random.Next(3) switch
            {
                0 => (0, 64),
                1 => (64, Math.Min(240, file.Length - 64)),
                _ => (table, Math.Min(640, file.Length - table)),
            };
            var width = 1 << random.Next(4);
            for (var k = 0; k < width; k++)
            {
                var at = start + random.Next(length);
                file[at] = random.Next(2) == 0 ? Interesting[random.Next(Interesting.Length)] : (byte)random.Next(256);
            }
        }

        return random.Next(8) == 0 ? file[..random.Next(file.Length)] : file;
    }
}
#pragma warning restore CA5394

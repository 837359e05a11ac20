using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Fleet;

/// <summary>One thing that goes wrong in a fleet of which nothing is.</summary>
/// <param name="Apply">Lets it happen; says the ids of the findings it is, separated by blanks.</param>
internal sealed record FleetMutation(string What, Func<FleetWorld, Random, string> Apply)
{
    /// <summary>Whether it shows only where the node knows what happened before, which accounts that are there since the genesis do not tell.</summary>
    public bool IsOfHistory { get; init; }

    /// <summary>What can go wrong, and what is then said of what.</summary>
    public static IReadOnlyList<FleetMutation> All { get; } =
    [
        new("a byte of an expected program", (world, random) =>
        {
            world.Mainnet.Deploy(FleetWorld.Oracle, Flipped(FleetWorld.OracleBytes, random), Later(world.Mainnet, random), null);
            return "hash-mismatch/oracle";
        }),
        new("a byte of a program whose release is expected, and then an extension", (world, random) =>
        {
            world.Local.Deploy(FleetWorld.Legacy, Flipped(TestPrograms.Token, random), 900_000, FleetWorld.LegacyAuthority);
            world.Local.Extend(FleetWorld.Legacy, random.Next(1, 50_000), 900_001 + (ulong)random.Next(90_000));
            return "hash-mismatch/legacy";
        }),
        new("a byte of a recorded program", (world, random) =>
        {
            var (program, environment) = Any(FleetWorld.Released, random);
            var chain = world.ChainOf(environment);
            chain.Deploy(FleetWorld.IdOf(program, environment), Flipped(FleetWorld.BytesOf(program), random), Later(chain, random), FleetWorld.AuthorityOf(environment));
            return $"record-mismatch/perps/{program}/{environment}";
        }),
        new("another authority", (world, random) =>
        {
            var (program, environment) = Any(FleetWorld.Released, random);
            world.ChainOf(environment).SetAuthority(FleetWorld.IdOf(program, environment), random.Next(4) == 0 ? null : Stranger(random));
            return $"authority-mismatch/perps/{program}/{environment}";
        }),
        new("a closed program", (world, random) =>
        {
            var (program, environment) = Any(FleetWorld.Released, random);
            world.ChainOf(environment).Accounts.Remove(LoaderProgram.ProgramDataAddress(FleetWorld.IdOf(program, environment)));
            return $"program-closed/perps/{program}/{environment}";
        }),
        new("a program that is gone", (world, random) =>
        {
            var (program, environment) = Any(FleetWorld.Released, random);
            world.ChainOf(environment).Accounts.Remove(FleetWorld.IdOf(program, environment));
            return $"program-missing/perps/{program}/{environment}";
        }),
        new("a program of another loader", (world, random) =>
        {
            var (program, environment) = Any(FleetWorld.Released, random);
            var (chain, id) = (world.ChainOf(environment), FleetWorld.IdOf(program, environment));
            chain.Accounts[id] = chain.Accounts[id] with { Owner = Stranger(random) };
            return $"program-foreign/perps/{program}/{environment}";
        }),
        new("forgotten buffers", (world, random) =>
        {
            var (chain, authority) = Any([(world.Mainnet, FleetWorld.Vault), (world.Local, FleetWorld.Staging), (world.Local, FleetWorld.LegacyAuthority), (world.Mainnet, FleetWorld.MainnetPayer)], random);
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                chain.Buffer(Stranger(random), authority, random.Next(100, 10_000), chain.Slot - 1_500 - (ulong)random.Next(100_000));
            }

            return $"buffer-stale/{(chain == world.Mainnet ? "mainnet-beta" : "localnet")}/{authority}";
        }),
        new("a payer that ran dry", (world, random) =>
        {
            var (chain, payer, name) = Any([(world.Mainnet, FleetWorld.MainnetPayer, "mainnet-beta"), (world.Local, FleetWorld.LocalPayer, "localnet")], random);
            chain.Accounts[payer] = chain.Accounts[payer] with { Lamports = (ulong)random.Next(40_000_000) };
            return $"payer-runway/{name}/{payer}";
        }),
        new("a payer that was never funded", (world, _) =>
        {
            world.Local.Accounts.Remove(FleetWorld.LocalPayer);
            return $"payer-runway/localnet/{FleetWorld.LocalPayer}";
        }),
        new("a gate against old versions", (world, random) =>
        {
            world.Local.Gate(FeatureGates.NoSbpfBelowV3, random.Next(2) == 0 ? null : 999_000);
            return "sbpf-version/legacy";
        }),
        new("a value on chain", (world, random) =>
        {
            var (field, offset, length) = Any([("fee_bps", 8, 2), ("treasury", 10, 32), ("paused", 42, 1)], random);
            var data = world.Mainnet.Accounts[FleetWorld.Config].Data;
            data[offset + random.Next(length)] ^= 1;
            return $"config-mismatch/oracle/{FleetWorld.Config}/{field}";
        }),
        new("no account with values", (world, _) =>
        {
            world.Mainnet.Accounts.Remove(FleetWorld.Config);
            return $"config-mismatch/oracle/{FleetWorld.Config}";
        }),
        new("fewer reviewers", (world, random) =>
        {
            world.Environments["production"] = FleetWorld.Protected(random.Next(2), true);
            return "environment-unprotected/production";
        }),
        new("self-review", (world, _) =>
        {
            world.Environments["production"] = FleetWorld.Protected(3, false);
            return "environment-unprotected/production/self-review";
        }),
        new("an approval that nobody gives", (world, random) =>
        {
            var role = Any(["compliance", "sre"], random);
            if (random.Next(2) == 0)
            {
                world.Environments.Remove(role);
            }
            else
            {
                world.Environments[role] = FleetWorld.Protected(0, true);
            }

            return $"environment-unprotected/production/{role}";
        }),
        new("a release file that asks fewer people", (world, random) =>
        {
            world.Job.Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes(FleetWorld.ReleaseFile.Replace(
                "[compliance, sre]", Any(["[compliance]", "[sre]", "[compliance, sre], distinct: false", "[compliance, sre], not-by-actor: false"], random), StringComparison.Ordinal)));
            return "quorum-weak/production";
        }),
        new("records that are gone", (world, random) =>
        {
            var (program, environment) = Any(FleetWorld.Released, random);
            File.Delete(world.Job.Workspace.At($"records/ledger/{environment}/{FleetWorld.IdOf(program, environment)}.jsonl"));
            return $"record-missing/perps/{program}/{environment}";
        }),
        new("a standby that outlived its release's hypercare", (world, random) =>
        {
            var (program, environment) = Any(FleetWorld.Released, random);
            world.Standby(program, environment, random.Next(2) == 0);
            return $"standby-open/perps/{program}/{environment}";
        }),
        new("a build that is gone", (world, _) =>
        {
            Directory.Delete(world.Job.Workspace.At("store/manifests/legacy"), recursive: true);
            return "artifact-missing/legacy";
        }),
        new("a security.txt without a policy", (world, random) =>
        {
            var bytes = FleetWorld.OracleBytes;
            "guess"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("policy\0"u8)));
            world.Mainnet.Deploy(FleetWorld.Oracle, bytes, Later(world.Mainnet, random), null);
            world.Declare(FleetWorld.HashOf(FleetWorld.OracleBytes), FleetWorld.HashOf(bytes));
            return "security-txt-invalid/oracle";
        }),
        new("an expected security.txt that is not there", (world, random) =>
        {
            world.Declare("release: legacy/1.0.0", $"release: legacy/1.0.0, security-txt: {Any(["warn", "require"], random)}");
            return "security-txt-missing/legacy";
        }),
        new("an authority that pays, too", (world, random) =>
        {
            world.Mainnet.Accounts[FleetWorld.Vault] = new MemoryAccount(SystemProgram.Id, []) { Lamports = 30_000_000_000 };
            world.Declare($"  {FleetWorld.MainnetPayer}:", $"  {FleetWorld.Vault}:");
            return "authority-hot/perps/perps/production authority-hot/perps/registry/production";
        }),
        new("an authority of two environments", (world, _) =>
        {
            world.Local.SetAuthority(FleetWorld.Legacy, FleetWorld.Staging);
            world.Local.Claim(FleetWorld.Legacy, FleetWorld.Staging, $"https://github.com/{FleetWorld.Repository}", FleetWorld.Commit, 500_000);
            return $"key-shared/{FleetWorld.Staging}";
        }),
        new("an id of two environments", (world, _) =>
        {
            world.Declare("  legacy: {", $"  twin: {{ cluster: localnet, program-id: {FleetWorld.Legacy}, environment: other, expected-hash: {FleetWorld.HashOf(TestPrograms.Token)} }}\n  legacy: {{");
            return $"id-shared/{FleetWorld.Legacy}";
        }),
        new("a key that grew old", (world, random) =>
        {
            world.Job.Clock.Later = TimeSpan.FromDays(90 + random.Next(100));
            return "key-age/vault-transit:transit/deployer";
        }),
        new("a record of other bytes than the store has", (world, _) =>
        {
            Directory.Delete(world.Job.Workspace.At("store/manifests/perps"), recursive: true);
            Directory.Delete(world.Job.Workspace.At("store/seals/perps"), recursive: true);
            world.Store("perps", "1.4.0", ("perps", TestPrograms.Token), ("registry", FleetWorld.BytesOf("registry")));
            return "artifact-mismatch/perps/perps/production artifact-mismatch/perps/perps/staging";
        }),
        .. FleetMutationsOfSayings.All,
    ];

    public static T Any<T>(IReadOnlyList<T> all, Random random) => all[random.Next(all.Count)];

    public static ulong Later(MemoryChain chain, Random random) => chain.Slot - (ulong)random.Next(1, 400_000);

    public static Address Stranger(Random random)
    {
        var seed = new byte[32];
        random.NextBytes(seed);
        return Ed25519.PublicKey(seed);
    }

    /// <summary>Anywhere but in the ELF's header and in a security.txt.</summary>
    private static byte[] Flipped(byte[] bytes, Random random)
    {
        var text = bytes.AsSpan().IndexOf("=======BEGIN"u8);
        var changed = bytes.ToArray();
        changed[random.Next(64, text < 0 ? bytes.Length : text)] ^= (byte)random.Next(1, 256);
        return changed;
    }
}

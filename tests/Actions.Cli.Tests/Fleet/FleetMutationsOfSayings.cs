using Actions.Core.Metadata;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Tests.Fleet;

/// <summary>What can go wrong with what is said on chain about programs.</summary>
internal static class FleetMutationsOfSayings
{
    public static IReadOnlyList<FleetMutation> All { get; } =
    [
        new("a build claim that is gone", (world, random) =>
        {
            var (program, environment) = FleetMutation.Any(FleetWorld.Released, random);
            world.ChainOf(environment).Accounts.Remove(OtterProgram.ClaimAddress(FleetWorld.IdOf(program, environment), FleetWorld.AuthorityOf(environment)));
            return $"verified-build-missing/perps/{program}/{environment}";
        }),
        new("a build claim of somebody else instead", (world, random) =>
        {
            world.Local.Accounts.Remove(OtterProgram.ClaimAddress(FleetWorld.Legacy, FleetWorld.LegacyAuthority));
            world.Local.Claim(FleetWorld.Legacy, FleetMutation.Stranger(random), $"https://github.com/{FleetWorld.Repository}", FleetWorld.Commit, 500_000);
            return "verified-build-missing/legacy";
        }),
        new("a build claim of another commit", (world, random) =>
        {
            var (program, environment) = FleetMutation.Any(FleetWorld.Released, random);
            world.Claim(program, environment, $"{random.Next():x8}{FleetWorld.Commit[8..]}");
            return $"verified-build-mismatch/perps/{program}/{environment}";
        }),
        new("an upgrade to the same bytes after the build claim", (world, random) =>
        {
            var (program, environment) = FleetMutation.Any(FleetWorld.Released, random);
            var chain = world.ChainOf(environment);
            chain.Deploy(FleetWorld.IdOf(program, environment), FleetWorld.BytesOf(program), FleetMutation.Later(chain, random), FleetWorld.AuthorityOf(environment));
            return $"verified-build-stale/perps/{program}/{environment}";
        }) { IsOfHistory = true },
        new("an extension after the build claim", (world, random) =>
        {
            var (program, environment) = FleetMutation.Any(FleetWorld.Released, random);
            var chain = world.ChainOf(environment);
            chain.Extend(FleetWorld.IdOf(program, environment), random.Next(1, 50_000), FleetMutation.Later(chain, random));
            return $"verified-build-slot/perps/{program}/{environment}";
        }),
        new("an IDL that is gone", (world, random) =>
        {
            var (program, environment) = FleetMutation.Any(FleetWorld.Released, random);
            world.ChainOf(environment).Accounts.Remove(MetadataProgram.Canonical(FleetWorld.IdOf(program, environment), MetadataDocument.Idl));
            return $"published-idl-missing/perps/{program}/{environment}";
        }),
        new("an account of Anchor's that is no IDL", (world, random) =>
        {
            world.Mainnet.Accounts[LegacyIdl.AddressOf(FleetWorld.Oracle)].Data[random.Next(8)] ^= 1;
            return "published-idl-missing/oracle";
        }),
        new("an IDL of another build", (world, random) =>
        {
            var (program, environment) = FleetMutation.Any(FleetWorld.Released, random);
            world.ChainOf(environment).Publish(FleetWorld.IdOf(program, environment), FleetWorld.IdlOf($"{program}{random.Next()}"));
            return $"published-idl-mismatch/perps/{program}/{environment}";
        }),
    ];
}

using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Loader;

public sealed class FeatureGatesTests
{
    /// <summary>Version, its own gate, the gate that ends versions 0 to 2, the answer; null = unknown.</summary>
    public static TheoryData<int, bool?, bool?, bool?> Rules => new()
    {
        { 0, null, false, true }, { 0, null, true, false }, { 0, null, null, null },
        { 1, true, false, true }, { 1, true, true, false }, { 1, false, false, false }, { 1, false, null, false }, { 1, null, true, false },
        { 1, true, null, null }, { 1, null, false, null }, { 1, null, null, null },
        { 2, true, false, true }, { 2, false, true, false }, { 2, null, true, false }, { 2, true, null, null },
        { 3, true, true, true }, { 3, true, null, true }, { 3, false, false, false }, { 3, null, true, null },
        { 4, true, false, false },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_version_is_enabled_by_its_gate_unless_SIMD_0500_ended_it(int version, bool? own, bool? ended, bool? expected)
    {
        var asked = new List<Address>();

        var enabled = FeatureGates.IsEnabled(version, gate =>
        {
            asked.Add(gate);
            return gate == FeatureGates.NoSbpfBelowV3 ? ended : own;
        });

        enabled.ShouldBe(expected);
        asked.ShouldBeSubsetOf(FeatureGates.For(version));
    }

    [Fact]
    public void Each_version_has_a_gate_of_its_own() =>
        new[] { 1, 2, 3 }.Select(version => FeatureGates.For(version)[0]).Distinct().Count().ShouldBe(3);

    [Fact]
    public void An_activated_feature_says_when()
    {
        FeatureGates.ActivationSlot(FeatureGates.Owner, [1, 0x40, 0x10, 0xcc, 0x19, 0, 0, 0, 0]).ShouldBe(432_803_904ul);
        FeatureGates.ActivationSlot(FeatureGates.Owner, [1, 0, 0, 0, 0, 0, 0, 0, 0]).ShouldBe(0ul);
    }

    [Fact]
    public void A_pending_feature_and_anything_else_is_not_activated()
    {
        FeatureGates.ActivationSlot(FeatureGates.Owner, new byte[9]).ShouldBeNull();
        FeatureGates.ActivationSlot(FeatureGates.Owner, [1, 2, 3]).ShouldBeNull();
        FeatureGates.ActivationSlot(FeatureGates.Owner, []).ShouldBeNull();
        FeatureGates.ActivationSlot(SystemProgram.Id, [1, 0, 0, 0, 0, 0, 0, 0, 0]).ShouldBeNull();
    }
}

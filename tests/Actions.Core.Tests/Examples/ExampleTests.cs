using System.Text;
using Actions.Core.Fleet;
using Actions.Core.Smoke;
using Actions.Core.Tests.Conventions;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Examples;

public sealed class ExampleTests
{
    [Fact]
    public void There_is_an_example_of_each_of_the_five_teams() => Example.Names.Count.ShouldBe(5);

    [Theory]
    [MemberData(nameof(Example.Each), MemberType = typeof(Example))]
    public void Its_release_file_is_read_and_is_of_the_published_form(string name)
    {
        var text = new Example(name).ReleaseText;

        Example.Release(text).Faults.ShouldBeEmpty(name);
        JsonSchema.Load("release-file").Errors(JsonSchema.FromYaml(text)).ShouldBeEmpty(name);
    }

    [Theory]
    [MemberData(nameof(Example.Each), MemberType = typeof(Example))]
    public void Its_smoke_specs_are_read_and_are_of_the_published_form(string name)
    {
        var example = new Example(name);
        foreach (var path in example.Specs)
        {
            var text = example.Read(path);

            example.Spec(text, Some.Address(1)).Faults.ShouldBeEmpty($"{name}/{path}");
            JsonSchema.Load("smoke-spec").Errors(JsonSchema.FromYaml(text)).ShouldBeEmpty($"{name}/{path}");
        }
    }

    [Theory]
    [MemberData(nameof(Example.Each), MemberType = typeof(Example))]
    public void Its_fleet_file_is_read_is_of_the_published_form_and_names_fields_that_the_idl_has(string name)
    {
        if (new Example(name).Fleet is not { } text)
        {
            return;
        }

        var fleet = FleetFile.Parse(Encoding.UTF8.GetBytes(text), "fleet.yml");
        fleet.Faults.ShouldBeEmpty(name);
        JsonSchema.Load("fleet-file").Errors(JsonSchema.FromYaml(text)).ShouldBeEmpty(name);
        fleet.Value.ReleaseFiles.ShouldHaveSingleItem().Path.ShouldBe(Example.ReleaseFileName);
        foreach (var config in fleet.Value.Programs.SelectMany(program => program.Config))
        {
            var idl = AnchorIdl.Read(Encoding.UTF8.GetBytes(new Example(name).Read(config.Idl)))!;
            config.Fields.Select(field => idl.Complain(field.Name)).ShouldAllBe(complaint => complaint == null);
        }
    }

    [Fact]
    public void Three_of_them_are_guarded() => Example.Names.Count(name => new Example(name).Fleet is not null).ShouldBe(3);

    [Theory]
    [MemberData(nameof(Example.Each), MemberType = typeof(Example))]
    public void Its_release_file_names_exactly_the_specs_that_are_there(string name)
    {
        var example = new Example(name);

        example.Specs.Order(StringComparer.Ordinal).ShouldBe(Example.Release(example.ReleaseText).Value.Smoke.Values.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Example.Each), MemberType = typeof(Example))]
    public void Every_program_has_an_id_in_every_environment_and_only_one_of_them_on_a_cluster_shares_it(string name)
    {
        var file = Example.Release(new Example(name).ReleaseText).Value;

        foreach (var environment in file.Environments)
        {
            environment.ProgramIds.Keys.ShouldBe(file.Programs.Select(program => program.Name), ignoreOrder: true, environment.Name);
        }

        var ids = file.Environments.SelectMany(environment => environment.ProgramIds.Select(pair => (pair.Value, pair.Key, environment.Cluster))).Distinct();
        ids.Select(id => id.Value).ShouldBeUnique("an id is one program on one cluster");
    }

    [Theory]
    [MemberData(nameof(Example.Each), MemberType = typeof(Example))]
    public void Its_last_environment_asks_for_soak_smoke_verification_and_people(string name)
    {
        var gates = Example.Release(new Example(name).ReleaseText).Value.Environments[^1].Gates;

        gates.MinSoak.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromHours(24));
        (gates.Smoke, gates.Verified).ShouldBe((true, true));
        gates.Approvals.ShouldNotBeNull().IsNotByActor.ShouldBeTrue();
    }
}

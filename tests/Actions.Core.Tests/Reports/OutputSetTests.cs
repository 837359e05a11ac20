using Actions.Core.Reports;

namespace Actions.Core.Tests.Reports;

public sealed class OutputSetTests
{
    [Fact]
    public void The_order_is_that_of_the_first_setting()
    {
        var outputs = new OutputSet().Set("a", "1").Set("b", true).Set("a", 3ul).Set("c", (string?)null);

        outputs.ShouldBe([new("a", "3"), new("b", "true"), new("c", "")]);
        outputs["b"].ShouldBe("true");
        outputs["missing"].ShouldBeNull();
    }

    [Fact]
    public void It_can_be_read_while_it_is_filled()
    {
        var outputs = new OutputSet().Set("a", "1");

        foreach (var pair in outputs)
        {
            outputs.Set(pair.Key + "-copy", pair.Value);
        }

        outputs.Count().ShouldBe(2);
    }
}

using SimdNet.Cli;
using Xunit;

namespace SimdNet.Tests.Cli;

[Collection(nameof(Alone))]
public sealed class ProgramTests
{
    [Theory]
    [InlineData("", "Required command was not provided.")]
    [InlineData("trian", "Unknown: trian.")]
    [InlineData("train --speed 3", "Unknown: --speed 3.")]
    [InlineData("train --epochs 0", "--epochs is '0', expected a whole number from 1")]
    [InlineData("train --epochs 1.5", "--epochs is '1.5', expected a whole number")]
    [InlineData("train --epochs many", "--epochs is 'many', expected a whole number")]
    [InlineData("train --epochs", "'--epochs'")]
    [InlineData("train --epochs 1 --epochs 2", "'--epochs'")]
    [InlineData("train --batch 0", "--batch is '0', expected a whole number from 1")]
    [InlineData("train --batch 99999999999", "--batch is '99999999999', expected a whole number")]
    [InlineData("train --learning-rate -1", "--learning-rate is '-1', expected a finite number above 0.")]
    [InlineData("train --learning-rate 0", "--learning-rate is '0', expected a finite number above 0.")]
    [InlineData("train --learning-rate NaN", "--learning-rate is 'NaN', expected a finite number above 0.")]
    [InlineData("train --seed x", "--seed is 'x', expected a whole number of 64 bits.")]
    [InlineData("train --threads 0", "--threads is '0', expected a whole number from 1 to 1024.")]
    [InlineData("train --hidden 8,,8", "--hidden is '8,,8', expected whole numbers above 0")]
    [InlineData("train --hidden 8,-8", "--hidden is '8,-8', expected whole numbers above 0")]
    [InlineData("train --model gpt", "--model is 'gpt', expected cnn or lenet5 or mlp or resnet")]
    [InlineData("evaluate", "'evaluate'")]
    [InlineData("evaluate a b", "Unknown: b.")]
    [InlineData("info --samples 0", "--samples is '0', expected a whole number from 1")]
    public void RefusesWrongCommandLines(string line, string message) =>
        CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).AssertRefused(Program.Misused, message);

    [Theory]
    [InlineData("--help", "train")]
    [InlineData("train --help", "--learning-rate")]
    [InlineData("evaluate -h", "MODEL")]
    public void Helps(string line, string word)
    {
        CommandLine help = CommandLine.Run(line.Split(' '));
        Assert.Equal(0, help.ExitCode);
        Assert.Contains(word, help.Output, StringComparison.Ordinal);
        Assert.Contains("simdnet", help.Output, StringComparison.Ordinal);
    }
}

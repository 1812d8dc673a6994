using FsCheck.Xunit;
using SimdNet.Kernels;
using Xunit;

namespace SimdNet.Tests.Kernels;

public class WindowAxisTests
{
    [Property(MaxTest = 300)]
    public void There_are_as_many_outputs_as_steps_that_stay_inside(byte kernel, byte stride, byte before, byte after, byte dilation, byte size)
    {
        WindowAxis window = new(1 + (kernel % 5), 1 + (stride % 4), before % 4, after % 4, 1 + (dilation % 3));
        int positions = 1 + (size % 20), expected = 0;
        int last = positions + window.PadAfter - 1;
        for (int start = -window.PadBefore; start + ((window.Kernel - 1) * window.Dilation) <= last; start += window.Stride)
        {
            expected++;
        }

        if (expected == 0)
        {
            Assert.Throws<ArgumentException>(() => window.OutputSize(positions));
            return;
        }

        Assert.Equal(expected, window.OutputSize(positions));
        int leftOver = (positions + window.PadBefore + window.PadAfter - (((window.Kernel - 1) * window.Dilation) + 1)) % window.Stride;
        Assert.Equal(positions, window.InputSize(expected, leftOver));
    }

    /// <summary>The taps of all phases together are those that take each position in, for the outputs that they do.</summary>
    [Property(MaxTest = 300)]
    public void The_way_back_reads_where_the_way_forward_wrote(byte kernel, byte stride, byte before, byte dilation, byte size)
    {
        WindowAxis window = new(1 + (kernel % 5), 1 + (stride % 4), before % 4, 3, 1 + (dilation % 4));
        int positions = 14 + (size % 9), outputs = window.OutputSize(positions);
        TapAxis forward = TapAxis.Forward(window, positions, outputs);
        List<(int Position, int Tap, int Output)> there = [], back = [];
        for (int tap = 0; tap < window.Kernel; tap++)
        {
            for (int output = forward.First(tap); output < forward.End(tap); output++)
            {
                there.Add(((int)forward.Start(tap) + (output * forward.Stride), tap, output));
            }
        }

        for (int phase = 0; phase < window.Stride; phase++)
        {
            TapAxis axis = TapAxis.Backward(window, positions, outputs, phase, out int first, out int step);
            for (int tap = 0; tap < axis.Taps; tap++)
            {
                for (int q = axis.First(tap); q < axis.End(tap); q++)
                {
                    back.Add((phase + (q * window.Stride), first + (tap * step), (int)axis.Start(tap) + q));
                }
            }
        }

        Assert.All(there, term => Assert.InRange(term.Position, 0, positions - 1));
        Assert.Equal(there.Order(), back.Order());
    }
}

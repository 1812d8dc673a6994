using SimdNet.Kernels;
using SimdNet.Simd;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>Lines of every length around a vector, against a page that nobody may touch, at every width.</summary>
public unsafe class PlanesTests
{
    private const int Lines = 3, Gap = 2;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lines_are_copied_spread_added_and_cleared(int stride)
    {
        for (int length = 1; length <= 70; length++)
        {
            LinesKernel kernel = new(stride, length);
            Widths.Each(ref kernel);
        }
    }

    [Fact]
    public void Lines_are_halved()
    {
        for (int length = 1; length <= 70; length++)
        {
            HalvesKernel kernel = new(length);
            Widths.Each(ref kernel);
        }
    }

    private readonly struct HalvesKernel(int length) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int step = length + Gap, all = ((Lines - 1) * step) + length;
            foreach (bool atEnd in (bool[])[true, false])
            {
                using GuardedBuffer source = new(2 * all, atEnd), even = new(all, atEnd), odd = new(all, atEnd);
                Draws.Normal(2 * all, stream: 1).CopyTo(source.Span);
                Planes.Halve<TSimd>(source.Pointer, 2 * step, even.Pointer, odd.Pointer, step, Lines, length);
                for (int place = 0; place < all; place++)
                {
                    if (place % step < length)
                    {
                        Assert.Equal(source.Span[2 * place], even.Span[place]);
                        Assert.Equal(source.Span[(2 * place) + 1], odd.Span[place]);
                    }
                }
            }
        }
    }

    private readonly struct LinesKernel(int stride, int length) : ISimdKernel
    {
        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int apart = stride, wide = ((length - 1) * stride) + 1, wideStep = wide + Gap, step = length + Gap;
            foreach (bool atEnd in (bool[])[true, false])
            {
                using GuardedBuffer spread = new(((Lines - 1) * wideStep) + wide, atEnd), close = new(((Lines - 1) * step) + length, atEnd);
                float[] values = Draws.Normal(spread.Length, stream: 1), others = Draws.Normal(close.Length, stream: 2);
                values.CopyTo(spread.Span);
                Planes.Copy<TSimd>(spread.Pointer, wideStep, stride, close.Pointer, step, Lines, length);
                Each((i, j) => Assert.Equal(values[(i * wideStep) + (j * apart)], close.Span[(i * step) + j]));

                others.CopyTo(close.Span);
                float[] expected = [.. values];
                Each((i, j) => expected[(i * wideStep) + (j * apart)] += others[(i * step) + j]);
                Planes.Add<TSimd>(close.Pointer, step, spread.Pointer, wideStep, stride, Lines, length);
                Assert.Equal(expected, spread.Span.ToArray());

                Each((i, j) => expected[(i * wideStep) + (j * apart)] = others[(i * step) + j]);
                Planes.Spread<TSimd>(close.Pointer, step, spread.Pointer, wideStep, stride, Lines, length);
                Assert.Equal(expected, spread.Span.ToArray());

                Each((i, j) => others[(i * step) + j] = 0);
                Planes.Clear<TSimd>(close.Pointer, step, Lines, length);
                Assert.Equal(others, close.Span.ToArray());
            }
        }

        private void Each(Action<int, int> element)
        {
            for (int i = 0; i < Lines; i++)
            {
                for (int j = 0; j < length; j++)
                {
                    element(i, j);
                }
            }
        }
    }
}

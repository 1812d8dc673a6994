using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Xunit;
using SimdNet.Memory;
using Xunit;

namespace SimdNet.Tests.Memory;

public sealed unsafe class AlignedBufferTests
{
    private static byte[]? s_litter; // a field, or the compiler may leave the allocation out

    [Property]
    public void Starts_on_64_bytes_is_zero_and_has_its_length(NonNegativeInt length)
    {
        ArgumentNullException.ThrowIfNull(length);
        AlignedBuffer buffer = new(length.Get);
        Assert.Equal(0u, (nuint)buffer.Pointer % 64);
        Assert.Equal(length.Get, buffer.Length);
        Assert.Equal(new float[length.Get], buffer.Span);
        Assert.Equal(new float[length.Get], buffer.Memory.Span);
    }

    [Fact]
    public void Span_Memory_and_Pointer_are_the_same_place()
    {
        AlignedBuffer buffer = new(5);
        buffer.Span[4] = 1;
        Assert.Equal(1, buffer.Memory.Span[4]);
        Assert.Equal(1, buffer.Pointer[4]);
    }

    [Fact]
    public void Never_moves()
    {
        AlignedBuffer[] buffers = new AlignedBuffer[100];
        nint[] places = new nint[buffers.Length];
        for (int i = 0; i < buffers.Length; i++)
        {
            s_litter = new byte[1000];
            buffers[i] = new AlignedBuffer(100 + i);
            buffers[i].Span.Fill(i);
            places[i] = (nint)buffers[i].Pointer;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        for (int i = 0; i < buffers.Length; i++)
        {
            Assert.Equal(places[i], (nint)Unsafe.AsPointer(ref buffers[i].Span[0]));
            Assert.Equal(places[i], (nint)buffers[i].Pointer);
            Assert.Equal(i, buffers[i].Pointer[99]);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    public void Align_is_the_next_multiple(int length, int expected) => Assert.Equal(expected, AlignedBuffer.Align(length));

    [Fact]
    public void Refuses_a_negative_length()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>("length", () => new AlignedBuffer(-1));
        Assert.Contains("'length' is -1, expected 0 or more.", error.Message, StringComparison.Ordinal);
        Assert.Throws<OverflowException>(() => AlignedBuffer.Align(int.MaxValue));
    }
}

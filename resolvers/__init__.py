"""What happens: a context and plain values in, records out; authorise, load, decide, write."""

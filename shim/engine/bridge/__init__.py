"""Between threads and native code: a thread's transcript as input, native responses and items put into a thread."""

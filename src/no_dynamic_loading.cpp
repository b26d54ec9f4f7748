// SQLite can load extensions, for which its library calls dlopen. A static program has nothing to
// load, and migguard must load nothing: by the linker's --wrap=dlopen this answers instead, with no.
extern "C" void* __wrap_dlopen(const char*, int) { return nullptr; }

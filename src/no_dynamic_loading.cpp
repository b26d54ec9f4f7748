// SQLite can load extensions, for which its library calls dlopen. A static program has nothing to
// load, and migguard must load nothing: these answer first, and always with no.
extern "C" {

void* dlopen(const char*, int) { return nullptr; }
void* dlsym(void*, const char*) { return nullptr; }
int dlclose(void*) { return -1; }
char* dlerror() {
  static char message[] = "nothing is loaded into this program";
  return message;
}

}  // extern "C"

# Writes the manual and the completions that the program prints: -D PROGRAM=... -D FOLDER=...
function(print file)
  execute_process(COMMAND "${PROGRAM}" ${ARGN} OUTPUT_FILE "${FOLDER}/${file}"
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()
file(MAKE_DIRECTORY "${FOLDER}")
print(migguard.1 man)
print(migguard.bash completions bash)
print(_migguard completions zsh)
print(migguard.fish completions fish)

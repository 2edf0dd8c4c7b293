# cmake -DIN=FILE -DOUT=FILE.cc -DNAME=SYMBOL -DHEADER=HEADER -DSPACE=NAMESPACE -P EmbedText.cmake: a text file as a constant.
file(READ "${IN}" text)
file(WRITE "${OUT}" "#include \"${HEADER}\"\n\nnamespace ${SPACE} {\n\nconst char* const ${NAME} = R\"~text~(${text})~text~\";\n\n}  // namespace ${SPACE}\n")

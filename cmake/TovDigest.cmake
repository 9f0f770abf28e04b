# SPDX-License-Identifier: EUPL-1.2
# cmake -DOUT=FILE.c -DNAME=variable -DROOT=FOLDER -DFILES="a;b" -P TovDigest.cmake: writes a C file
# with NAME, the SHA-256 over names and contents of the FILES below ROOT. The same sources give the
# same text wherever they are built.
set(all "")
foreach(file IN LISTS FILES)
  file(SHA256 "${ROOT}/${file}" digest)
  string(APPEND all "${file} ${digest}\n")
endforeach()
string(SHA256 digest "${all}")
file(WRITE "${OUT}" "extern const char ${NAME}[65];\nconst char ${NAME}[65] = \"${digest}\";\n")

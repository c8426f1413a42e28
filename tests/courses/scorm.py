"""Packages as authoring tools make them, and as an attacker would."""

import io
import stat
import zipfile

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>焊𠮷</title>
<script>
function findAPI(win) {{ let tries = 0; while (!win.{api} && win.parent && win.parent !== win && tries++ < 9) win = win.parent; return win.{api}; }}
function start() {{ {script} }}
</script></head><body onload="start()"><h1>安全用电</h1><img src="图/好.png" alt=""></body></html>"""
NAMESPACES = {
    "1.2": (
        'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"',
        "1.2",
        "adlcp:scormtype",
    ),
    "2004": (
        'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"',
        "2004 3rd Edition",
        "adlcp:scormType",
    ),
}
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


def manifest(standard="1.2", *, hrefs=("课件/首页.html",), titles=("安全用电𠮷",), before="", version=None):
    spaces, said, kind = NAMESPACES[standard]
    version = said if version is None else version
    items = "".join(
        f'<item identifier="I{n}" identifierref="R{n}"><title>{title}</title></item>'
        for n, title in enumerate(titles)
    )
    resources = "".join(
        f'<resource identifier="R{n}" type="webcontent" {kind}="sco" href="{href}"><file href="{href}"/></resource>'
        for n, href in enumerate(hrefs)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<manifest identifier="M" {spaces}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>"
        f'<organizations default="O"><organization identifier="O"><title>用电安全课件</title>{items}</organization>'
        f"</organizations><resources>{resources}</resources></manifest>"
    )


def files(standard="1.2", *, script="", **told):
    """Name → content of a small good package, with Chinese names in folders."""
    api = "API" if standard == "1.2" else "API_1484_11"
    page = PAGE.format(api=api, script=script)
    return {
        "imsmanifest.xml": manifest(standard, **told),
        "课件/首页.html": page,
        "课件/图/好.png": GIF,
        "课件/样式.css": "body { font-family: sans-serif }",
    }


def packed(content, *, gbk=False, method=zipfile.ZIP_DEFLATED):
    """A zip file of name → content; `gbk` names its files as tools in China do, without saying so."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, body in content.items():
            info = Named(name) if gbk else zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, body)
    return made.getvalue()


class Named(zipfile.ZipInfo):
    """An entry whose name is written in GB 18030, without the mark for UTF-8."""

    def _encodeFilenameFlags(self):  # noqa: N802 - the name that zipfile gave it
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def good(standard="1.2", **told):
    return packed(files(standard, **told))


def link(content, name="etc.html", target="/etc/passwd"):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    made = io.BytesIO(packed(content))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(info, target)
    return made.getvalue()


def patched(data, old, new, *, times=2):
    """Bytes of an archive changed behind its writer's back (the local header and the list at the end)."""
    assert data.count(old) >= 1
    return data.replace(old, new, times)

"""Owns the permanent reason codes that are not rules, with their texts and the next step (zh, en).

I: intake turned a file away · D: the ledger refused a document · S: one item of a document was refused ·
H: a line is held for another reason than a rule. Rule codes (R..) stand in consolidator.rules. A number is never reused.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeText:
    """What a code means and what to do next, Chinese and English."""

    zh: str
    en: str
    next_zh: str
    next_en: str


CODES: Mapping[str, CodeText] = {
    "I01": CodeText("文件无法读取", "file cannot be read", "检查文件后重新报送", "check the file and send it again"),
    "I02": CodeText("文件过大", "file too large", "拆分后重新报送", "split it and send again"),
    "I03": CodeText("签名无效", "signature invalid", "用本人密钥重新签名", "sign again with your own key"),
    "I04": CodeText("不是签名报送件", "not a signed document", "确认文件来源与格式", "check where the file comes from"),
    "I05": CodeText("报送件头无法读取", "header cannot be read", "按数据规范重新生成", "make it again as the schema says"),
    "I06": CodeText("文件不完整", "file is incomplete", "传完后重新报送整个文件", "send the whole file again"),
    "I07": CodeText("内容与摘要不符", "content differs from its digest", "重新报送原文件", "send the original file again"),
    "I08": CodeText("县区不符", "another county's document", "报送到对应县区", "send it to its own county"),
    "I09": CodeText("密钥未登记", "key unknown", "先由财政局登记经办人密钥", "let the bureau register the officer's key first"),
    "I10": CodeText("没有适用的文件格式", "no profile fits this file", "核对文件名或用 --source 指定来源", "check the file name, or name the source with --source"),
    "I11": CodeText("缺少随附封面", "cover sheet missing", "把封面 文件名.cover.csv 与文件一起报送", "send FILE.cover.csv together with the file"),
    "I12": CodeText("封面填写有误", "cover sheet is wrong", "更正封面后重新报送", "correct the cover sheet and send again"),
    "I13": CodeText("编码错误", "wrong encoding", "按约定编码重新导出", "export again in the agreed encoding"),
    "I14": CodeText("列数不符", "wrong number of columns", "更正该行后重新报送", "correct that row and send again"),
    "I15": CodeText("文件头有误", "file header is wrong", "更正文件头后重新报送", "correct the file's header and send again"),
    "I16": CodeText("文件尾有误或缺失", "file trailer is wrong or missing", "确认文件完整后重新报送", "make sure the file is whole and send again"),
    "I17": CodeText("文件没有明细", "file has no lines", "确认文件后重新报送", "check the file and send again"),
    "I18": CodeText("不是可读的 .xlsx 表格", "not a readable .xlsx workbook", "用表格软件打开,去掉密码,另存为 .xlsx", "open it in a spreadsheet program, remove any password, save as .xlsx"),
    "I19": CodeText("单元格含公式", "a cell holds a formula", "粘贴为数值后重新报送", "paste it as a value and send again"),
    "I20": CodeText("金额无法读取", "amount cannot be read", "金额写成如 1234.56", "write amounts like 1234.56"),
    "I21": CodeText("时间无法读取", "instant cannot be read", "时间写成如 2026-01-31T08:00:00Z", "write instants like 2026-01-31T08:00:00Z"),
    "I22": CodeText("日期无法读取", "date cannot be read", "日期写成如 2026-01-31", "write dates like 2026-01-31"),
    "I23": CodeText("数量无法读取", "quantity cannot be read", "数量最多三位小数", "write quantities with at most three decimals"),
    "I24": CodeText("编号被存成数字,可能已丢位", "an identifier is kept as a number, digits may be lost", "把该列设为文本格式,从原始数据重新填入", "set the column to text and fill it again from the original data"),
    "I25": CodeText("有隐藏的行、列或工作表", "hidden row, column or sheet", "取消隐藏或删除后重新报送", "unhide or remove it and send again"),
    "I26": CodeText("明细中有合并单元格", "merged cells among the lines", "取消合并后重新报送", "unmerge them and send again"),
    "I27": CodeText("多个工作表有数据", "several sheets hold data", "每个文件只留一个工作表", "keep one sheet in each file"),
    "I28": CodeText("单元格类型或显示格式不符", "the cell's type or number format does not fit its column", "金额用常规或两位小数格式,日期列用日期或文本", "show amounts as plain numbers, dates as dates or text"),
    "I29": CodeText("JSON 内容有误", "JSON is wrong", "按对象数组重新导出", "export it again as an array of objects"),
    "I30": CodeText("不是命令记录", "not a command's record", "查看保留的原始字节,更正写入方的程序", "look at the bytes that were kept, and mend the program that wrote them"),
    "I31": CodeText("不是代发文件的送达记录", "not an order file's delivery", "查看保留的原始字节,请县区重新送达", "look at the bytes that were kept, and have the county deliver again"),
    "I32": CodeText("代发文件未通过核对,不能付款", "the order file fails its check: do not pay it", "核对本行策略文件后重新运行;仍不符则联系县区,按原因处理", "check your own policy file and run again; if it still fails, ask the county and tell it the reason"),
    "I33": CodeText("没有此日志的策略文件", "no policy of this log", "核实县区与日志公钥后,用 --policy 指定其策略文件", "make sure of the county and its log key, then name its policy file with --policy"),
    "I34": CodeText("同名代发文件已收过而内容不同,不能付款", "another file of this name was received before: do not pay it", "联系县区查明,不要付款", "ask the county what happened, and do not pay"),
    "D01": CodeText("序号已用于其他报送件", "number already used for another document", "核对密钥是否被他人使用", "check whether somebody else uses this key"),
    "D02": CodeText("序号不连续,等待前件", "gap in the key's numbers, waiting", "补报缺少的报送件", "send the missing documents"),
    "D03": CodeText("编号已用于其他内容", "id already used for other content", "换用新编号", "use a new id"),
    "D04": CodeText("报送件头字段有误", "header field is wrong", "按数据规范更正", "correct the field as the schema says"),
    "D05": CodeText("无此权限", "no power for this", "由有权人员报送", "let an officer with the power send it"),
    "D06": CodeText("密钥不属于该单位", "key belongs to another source", "核对报送单位", "check the source"),
    "D07": CodeText("未报完即被新件取代", "voided: unfinished when the key's next header came", "重新报送", "send it again with a new id"),
    "D09": CodeText("明细部分有误", "a part is wrong", "按数据规范更正", "correct the part as the schema says"),
    "D10": CodeText("条数与报送件头不符", "item count differs from the header", "重新生成报送件", "make the document again"),
    "D11": CodeText("项目未登记", "programme unknown", "先由财政局登记项目", "let the bureau register the programme first"),
    "D12": CodeText("期间与项目周期不符", "period does not fit the programme's cycle", "更正期间", "correct the period"),
    "D13": CodeText("找不到所指报送件", "the document it names is unknown", "核对批次或摘要", "check the batch or digest"),
    "D14": CodeText("不能由同一人办理两步", "one person cannot do both steps", "由另一人复核", "let another person confirm"),
    "D15": CodeText("不在待复核状态", "nothing to confirm", "核对状态", "check its state"),
    "D16": CodeText("批次状态不允许", "the batch's state does not allow it", "核对批次状态", "check the batch's state"),
    "D17": CodeText("审批数与待发放数不符", "release differs from what is ready", "按现有数字重新审批", "release again with the new figures"),
    "D18": CodeText("没有待发放明细", "nothing is ready", "先处理拦截明细", "review the held lines first"),
    "D19": CodeText("审批序号不符", "release number is not the next", "用下一个审批序号", "use the next release number"),
    "D20": CodeText("批次作废:总额或明细金额有误(R40)", "batch void: totals or amounts are wrong (R40)", "更正后以新编号重报", "correct and send with a new id"),
    "D21": CodeText("超过用款计划(R41)", "over the payment plan (R41)", "调整用款计划或减少待发放明细", "have the plan raised, or fewer lines ready"),
    "D22": CodeText("全量登记册没有一条可用", "a full register without one usable item", "更正后重新报送", "correct it and send it again"),
    "D23": CodeText("登记册日期早于现有或尚未到来", "the register's date is before the one held, or still to come", "报送最新登记册", "send the newest register"),
    "D24": CodeText("金额超出本县账簿上限", "amounts beyond what a county's books hold", "核对金额单位", "check the unit of the amounts"),
    "D25": CodeText("复核期未满", "the review window is not over", "期满后重新审批", "release again when it is over"),
    "D26": CodeText("该规则不由监测方报送", "a rule that no monitor finds", "只报送规则手册注明由监测方发现的代码", "send only what the rule book names as a monitor's"),
    "S01": CodeText("字段格式错误", "field has a wrong shape", "更正该字段", "correct the field"),
    "S02": CodeText("设置有误", "setting is wrong", "更正该设置", "correct the setting"),
    "S03": CodeText("明细不存在", "no such line", "核对行号", "check the line number"),
    "S04": CodeText("明细状态不允许", "the line's state does not allow it", "核对明细状态", "check the line's state"),
    "S05": CodeText("账户不在本人持卡台账", "account is not in the holder's census", "先报持卡台账", "send the card census first"),
    "S06": CodeText("账户登记在他人名下", "account is registered to another person", "核对账户", "check the account"),
    "S07": CodeText("日期不存在", "no such day", "更正日期", "correct the date"),
    "S08": CodeText("无指定账户,不能放行", "no designation: cannot be cleared", "先办理指定账户", "designate an account first"),
    "S09": CodeText("仍有红色疑点,不能放行", "a red finding stands: cannot be cleared", "停发或更正数据", "stop the line or correct the data"),
    "S10": CodeText("同一文件内重复", "stated twice in one document", "保留一条", "keep one"),
    "S11": CodeText("证件号码校验错误", "check digit or date of the ID is wrong", "更正证件号码", "correct the ID number"),
    "S12": CodeText("金额为零", "amount is zero", "删除该行或更正金额", "remove the line or correct the amount"),
    "S13": CodeText("只有开户行能说明账户状态", "only the account's own bank may state its status", "由开户行回复核验清单", "let the account's bank answer the verification list"),
    "S14": CodeText("不是当前指定账户", "not the designated account in force", "核对指定账户", "check the designation"),
    "S15": CodeText("开户行核验未通过", "the bank's verification failed", "换用本人正常账户", "choose another account of his own"),
    "S16": CodeText("该疑点不能免提", "this finding cannot be suppressed", "逐笔复核", "review line by line"),
    "S17": CodeText("提出后又有新疑点,不能按原放行", "newer findings than the proposal knew", "看过新疑点后重新提出", "look at them and propose it again"),
    "S18": CodeText("人员不在权限地区", "the person is outside the officer's region", "由所在地区报送", "let the person's own township send it"),
    "S19": CodeText("账户登记在另一银行", "the account is registered at another bank", "核对银行代码", "check the bank's code"),
    "S20": CodeText("已由其他单位预告", "announced by another source", "由原单位更改", "let that source change it"),
    "S21": CodeText("日志中还没有此条目", "the log has no such entry yet", "核对条目序号", "check the entry's index"),
    "S22": CodeText("条目没有可开示的内容", "the entry has no private part", "核对条目序号", "check the entry's index"),
    "S23": CodeText("本县已关闭该规则", "the county has this rule switched off", "由财政局决定是否启用", "let the bureau decide whether to switch it on"),
    "S24": CodeText("按地块或机具发放的项目,跨县不算重复", "a programme per plot or machine: a line of another county is no double", "无须处理", "nothing to do"),
    "S25": CodeText("与指令或此前回执不符(R51),不记入", "differs from the order or from earlier results (R51): changes nothing", "与银行逐笔核实后重新报送回执", "settle it with the bank, then send the right result"),
    "S26": CodeText("不是本行承办的明细", "another bank was given this order", "由承办银行报送", "let the bank that was given the order send it"),
    "S27": CodeText("所更正的原明细不成立", "no line that it could correct", "核对原明细:须同项目、同期间、同一人,且发放失败或已退票", "check the line it names: of the same programme, period and person, and failed or returned"),
    "H01": CodeText("指定账户已变更,待复核", "designation changed after assessment", "复核后放行", "review and clear"),
    "H02": CodeText("缺支付行号", "branch number missing", "补录行号", "fill in the branch number"),
    "H03": CodeText("人工拦截", "held by a person", "复核后放行或停发", "review: clear or stop"),
    "H04": CodeText("金额超过代发行单个文件限额", "amount above what its bank takes in one file", "停发后分期重报,或调整限额", "stop it and send it in portions, or have the limit changed"),
    "H05": CodeText("原明细的回执有出入(R51),可能已入账", "what the bank told of the line it corrects does not fit (R51): it may be paid", "与银行核实未入账后放行,否则停发", "settle it with the bank: clear if it was not paid, else stop"),
}
